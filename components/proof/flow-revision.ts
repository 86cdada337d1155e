import stringify from "safe-stable-stringify";
import { contentName } from "../plan";
import type { FlowInputs } from "./flow-provider";

/** The inputs that the proof depends on. If one changes, the next update runs the proof. */
export type FlowSubject = Pick<FlowInputs, "targets" | "mode" | "timeoutSeconds" | "onUnhealthy" | "revision">;

/**
 * Returns a hash of these inputs. It ignores the order of keys and of pipelines, and a pipeline's place in the
 * configuration, which only messages mention.
 */
export function flowRevision({ targets, mode, timeoutSeconds, onUnhealthy, revision }: FlowSubject): string {
  const pipelines = targets.pipelines.map((pipeline) => stringify({ ...pipeline, path: "" })).sort();
  return contentName("r", stringify([{ ...targets, pipelines }, mode, timeoutSeconds, onUnhealthy, revision]));
}
