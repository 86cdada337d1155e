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
