import type { LockOwner } from "./engine-texts";
import type { RunningUpdate } from "./lease";

/**
 * Returns whether all locks belong to updates of managers that no longer run. Such a lock was made on the manager's
 * machine after its update began, and its process does not run on this machine. All other locks, such as those of people
 * and of CI, are left alone.
 */
export function areAbandoned(
  owners: readonly LockOwner[],
  updates: readonly RunningUpdate[],
  here: { readonly host: string; readonly isEngine: (pid: number) => boolean },
): boolean {
  const isAbandoned = ({ host, pid, at }: LockOwner): boolean =>
    !(host === here.host && here.isEngine(pid)) &&
    updates.some((update) => host === update.host && at >= wholeSeconds(update.since));
  return owners.length > 0 && owners.every(isAbandoned);
}

/** The engine prints the time of a lock without fractions of seconds. */
function wholeSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}
