/** The kinds of objects that the manager watches. Imports no Kubernetes client: the program itself needs the names for rights. */
import { monitorKinds as monitorsByKind, signals, type MonitorKind } from "../components/contract";

/** The kinds of pipeline objects, their names in URLs, and the first part of their pipelines' ids. */
export const pipelineKinds = [
  { kind: signals.metrics.kind, plural: "metricpipelines", id: signals.metrics.pipelines },
  { kind: signals.traces.kind, plural: "tracepipelines", id: signals.traces.pipelines },
  { kind: signals.logs.kind, plural: "logpipelines", id: signals.logs.pipelines },
] as const;
export type PipelineKind = (typeof pipelineKinds)[number];

/** The kinds of monitors, and their names in URLs. */
export const monitorKinds = Object.entries(monitorsByKind).map(([kind, { plural }]) => ({
  kind: kind as MonitorKind,
  plural,
}));
