import { retrySeconds } from "../contract";
import type { Watched } from "./promql";

/** The default of the retry time in words. */
const usualTime = "five minutes";

/** Returns the time for which collectors retry a batch, in words. The words name the setting if any pipeline uses it. */
export function retryTime(watched: Watched): string {
  return isUsual(watched) ? usualTime : "the time in output.otlp.retry.maxElapsedTime";
}

/** Returns in words the five minutes for which an alert waits, and when collectors drop the data. */
export function dropTime(watched: Watched): string {
  return isUsual(watched)
    ? `${usualTime}, after which collectors drop data`
    : `five minutes; collectors drop data after ${retryTime(watched)}`;
}

function isUsual({ collectors }: Watched): boolean {
  return collectors.every(({ retries = [] }) => retries.every((seconds) => seconds === retrySeconds));
}

/** Returns the settings that make a queue larger. The words name the size of a queue if any pipeline sets it. */
export function queueSettings({ collectors }: Watched): string {
  const memory = "resources.limits.memory in telemetry:gateway or telemetry:agent, from which queues are sized";
  const hasOwnQueues = collectors.some((one) => one.hasOwnQueues);
  return hasOwnQueues ? `the pipeline's output.otlp.queue.size if it is set, or else ${memory}` : memory;
}
