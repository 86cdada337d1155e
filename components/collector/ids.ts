import type { Signal } from "../contract";
import type { PipelineModel } from "./model";

/**
 * Component ids are unique per kind of component, signal and pipeline: two signals or pipelines never share a
 * processor by accident. The name keeps its own characters, so `a.b` and `a-b` stay two.
 */
export function pipelineComponent(type: string, role: string | undefined, pipeline: PipelineModel): string {
  return `${type}/${role === undefined ? "" : `${role}-`}${pipeline.signal}-${pipeline.name}`;
}

export function signalComponent(type: string, role: string, signal: Signal): string {
  return `${type}/${role}-${signal}`;
}
