import { pipelineComponent, signalComponent, type PipelineModel } from "../collector";
import { signalNames, type Signal } from "../contract";
import { isInSecretSetting } from "./secret-settings";

/** A text that a user wrote, and where it stands in the user's configuration. */
export interface PlacedText {
  readonly path: string;
  readonly text: string;
}

/** One entry of a pipeline's `transform` or `filter`. The collector reads all its texts together. */
export interface OttlEntry {
  readonly use: "transform" | "filter";
  readonly signal: Signal;
  readonly path: string;
  /** Id of the processor that contains the entry. */
  readonly component: string;
  readonly conditions: readonly PlacedText[];
  readonly statements: readonly PlacedText[];
  /** Whether a text of the entry may be secret, so that no message may repeat a part of it. */
  readonly isSecret?: true;
}

/** Origins of the parts of a collector's configuration. Plain data, because it is sent to where the collector runs. */
export interface Places {
  /** Path in the user's configuration by component id. */
  readonly components: Readonly<Record<string, string>>;
  readonly entries: readonly OttlEntry[];
}

/** Returns the places of the parts in a configuration. Another collector may serve some of the pipelines. */
export function placesIn(configuration: string, pipelines: readonly PipelineModel[]): Places {
  const isThere = (component: string): boolean => configuration.includes(`${component}:`);
  const components = [...signalNames.flatMap(signalComponents), ...pipelines.flatMap(pipelineComponents)].filter(
    ([id]) => isThere(id),
  );
  const entries = pipelines.flatMap(ottlEntries);
  return {
    components: Object.fromEntries(components),
    entries: entries.filter(({ component }) => isThere(component)),
  };
}

function signalComponents(signal: Signal): [string, string][] {
  return [
    [signalComponent("k8s_attributes", "enrich", signal), "enrichments.extractPodLabels"],
    [signalComponent("transform", "enrich", signal), "enrichments"],
  ];
}

function pipelineComponents(pipeline: PipelineModel): [string, string][] {
  const places: [string, string | undefined, string][] = [
    ["transform", "user", "transform"],
    ["filter", "user", "filter"],
    ["filter", "namespaces", "input.otlp.namespaces"],
    ["cumulativetodelta", undefined, "output.otlp.temporality"],
    ["otlp_grpc", undefined, "output.otlp"],
    ["otlp_http", undefined, "output.otlp"],
    ["basicauth", undefined, "output.otlp.authentication.basic"],
    ["oauth2client", undefined, "output.otlp.authentication.oauth2"],
  ];
  return places.map(([type, role, field]) => [pipelineComponent(type, role, pipeline), `${pipeline.path}.${field}`]);
}

function ottlEntries(pipeline: PipelineModel): OttlEntry[] {
  const { path, signal, transform, filter } = pipeline;
  const entry = (use: OttlEntry["use"], i: number, conditions: readonly string[], statements: readonly string[]) => {
    const at = `${path}.${use}[${i}]`;
    return {
      use,
      signal,
      path: at,
      component: pipelineComponent(use, "user", pipeline),
      conditions: conditions.map((text, j) => ({ path: `${at}.conditions[${j}]`, text })),
      statements: statements.map((text, j) => ({ path: `${at}.statements[${j}]`, text })),
      ...(isInSecretSetting(path) && { isSecret: true as const }),
    };
  };
  return [
    ...transform.map(({ conditions, statements }, i) => entry("transform", i, conditions, statements)),
    ...filter.map(({ conditions }, i) => entry("filter", i, conditions, [])),
  ];
}
