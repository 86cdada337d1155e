import { retrySeconds } from "../contract";
import type { Watched, WatchedCollector } from "./promql";

/** The default of the retry time in words. */
const usualTime = "five minutes";

/** Returns the time for which collectors retry a batch, in words. The words name the setting if any pipeline uses it. */
export function retryTime(watched: Watched): string {
  return isUsual(watched) ? usualTime : "the time in output.otlp.retry.maxElapsedTime";
}

/** Returns in words the five minutes for which an alert waits, and when collectors drop the data. */
export function dropTime(watched: Watched): string {
  const kept = hasLogAgent(watched.collectors) ? "; a log agent keeps it on the node's disk" : "";
  return isUsual(watched)
    ? `${usualTime}, after which collectors drop data${kept}`
    : `five minutes; collectors drop data after ${retryTime(watched)}${kept}`;
}

function isUsual({ collectors }: Watched): boolean {
  return collectors.every(({ retries = [] }) => retries.every((seconds) => seconds === retrySeconds));
}

/** Returns the settings that make a queue larger. The words name the size of a queue if any pipeline sets it. */
export function queueSettings({ collectors }: Watched): string {
  const memory = `${memoryOfPushed}, from which queues are sized`;
  const hasOwnQueues = collectors.some((one) => one.hasOwnQueues);
  const settings = hasOwnQueues ? `the pipeline's output.otlp.queue.size if it is set, or else ${memory}` : memory;
  return hasLogAgent(collectors) ? `${settings}; for container logs, diskQueue in telemetry:logAgent` : settings;
}

/** A full queue makes a log agent wait without counting anything, so this counter grows only for another reason. */
export function diskFull({ collectors }: Watched): string {
  return hasLogAgent(collectors)
    ? " A log agent counts lines for which the disk of its node has no room, at each attempt: free the disk."
    : "";
}

const memoryOfPushed = "resources.limits.memory in telemetry:gateway or telemetry:agent";

/** Returns the settings of the collectors' memory limits. */
export function memorySettings({ collectors }: Watched): string {
  return hasLogAgent(collectors)
    ? memoryOfPushed.replace(" or ", ", ").concat(" or telemetry:logAgent")
    : memoryOfPushed;
}

/** Returns a clause about the queues that a restart does not lose. */
export function keptQueues({ collectors }: Watched): string {
  return hasLogAgent(collectors) ? ", unless it is a log agent, whose queues are on the node's disk" : "";
}

/** Returns in words what happens to data when a queue is full. */
export function fullQueue({ collectors }: Watched): string {
  const waits =
    "a log agent stops reading files until there is room, and loses those that the kubelet compresses or deletes meanwhile";
  if (!hasLogAgent(collectors)) return "data is lost";
  return collectors.every(isLogAgent) ? waits : `data is lost; ${waits}`;
}

export const isLogAgent = ({ kind }: Pick<WatchedCollector, "kind">): boolean => kind === "log-agent";

const hasLogAgent = (collectors: Watched["collectors"]): boolean => collectors.some(isLogAgent);
