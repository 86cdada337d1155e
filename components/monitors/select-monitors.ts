import { prometheusOperator as input } from "../inputs";
import { isChosen, isSelected } from "../schema";
import type { Pipeline } from "../settings";
import { monitorKinds, type MonitorKind } from "../contract";
import type { MonitorObject } from "./monitor-object";

/** Returns the kinds of monitors that some pipeline wants. */
export function wantedKinds(pipelines: readonly Pipeline[]): MonitorKind[] {
  const kinds = Object.keys(monitorKinds) as MonitorKind[];
  return kinds.filter((kind) =>
    pipelines.some(({ pull }) => pull.prometheusOperator?.[monitorKinds[kind].selection].enabled),
  );
}

/** Returns whether a pipeline wants the targets of a monitor. */
export function wantsMonitor(
  { pull: { prometheusOperator } }: Pick<Pipeline, "pull">,
  monitor: MonitorObject,
): boolean {
  if (prometheusOperator === undefined) return false;
  const { enabled, labelSelector } = prometheusOperator[monitorKinds[monitor.kind].selection];
  return (
    enabled &&
    isChosen(prometheusOperator.namespaces ?? {}, monitor.namespace) &&
    isSelected(labelSelector, monitor.labels)
  );
}

/**
 * Returns a check whether a pipeline's input, as users wrote it, may want a monitor. An input that cannot be read wants all,
 * and one without namespaces may want those of the system.
 */
export function mayWantMonitor(written: unknown): (monitor: MonitorObject) => boolean {
  const { success, data } = input.setting.pipeline.safeParse(written);
  return (monitor) => !success || (data.enabled && wantsMonitor({ pull: { prometheusOperator: data } }, monitor));
}

/** Returns whether a pipeline lets a monitor use Secrets. */
export function allowsSecrets(
  { pull: { prometheusOperator } }: Pick<Pipeline, "pull">,
  { namespace }: MonitorObject,
): boolean {
  return prometheusOperator?.allowSecretsFrom.includes(namespace) ?? false;
}
