import stringify from "safe-stable-stringify";
import { contentName } from "../plan";
import type { FlowInputs } from "./flow-provider";

/** Everything that decides about the proof: a change of it is proven by the next update. */
export type FlowSubject = Pick<FlowInputs, "targets" | "mode" | "timeoutSeconds" | "onUnhealthy" | "revision">;

/**
 * Names everything that decides about the proof. The order of keys and of pipelines does not count, nor does a
 * pipeline's place in the configuration, which only messages mention.
 */
export function flowRevision({ targets, mode, timeoutSeconds, onUnhealthy, revision }: FlowSubject): string {
  const pipelines = targets.pipelines.map((pipeline) => stringify({ ...pipeline, path: "" })).sort();
  return contentName("r", stringify([{ ...targets, pipelines }, mode, timeoutSeconds, onUnhealthy, revision]));
}
