import type { Signal } from "../contract";
import type { PipelineModel } from "./model";

/**
 * Returns a component id that is unique per kind of component, signal and pipeline: two signals or pipelines never
 * share a processor by accident. The pipeline's name stays unchanged in it, so `a.b` and `a-b` have different ids.
 */
export function pipelineComponent(
  type: string,
  role: string | undefined,
  pipeline: Pick<PipelineModel, "signal" | "name">,
): string {
  return `${type}/${role === undefined ? "" : `${role}-`}${pipeline.signal}-${pipeline.name}`;
}

export function signalComponent(type: string, role: string, signal: Signal): string {
  return `${type}/${role}-${signal}`;
}
