import type { Updating } from "./lease";

/** Who holds a stack's lock, as the engine tells it for state in files and buckets. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  /** When it was locked, in milliseconds since the epoch; whole seconds. */
  readonly at: number;
}

/** The owners that the engine names when it refuses a locked stack. */
export function lockOwners(said: string): LockOwner[] {
  return [...said.matchAll(/created by \S*@(\S+) \(pid (\d+)\) at (\S+)/g)].map(([, host = "", pid, at = ""]) => ({
    host,
    pid: Number(pid),
    at: Date.parse(at),
  }));
}

/**
 * Whether all locks are those of updates whose manager is gone: made on its machine since it began, and no process of
 * this machine. Anybody else's lock, of a person or of CI, is left alone.
 */
export function areAbandoned(
  owners: readonly LockOwner[],
  updates: readonly Updating[],
  here: { readonly host: string; readonly isEngine: (pid: number) => boolean },
): boolean {
  const isLeftBehind = ({ host, pid, at }: LockOwner): boolean =>
    !(host === here.host && here.isEngine(pid)) &&
    updates.some((update) => host === update.host && at >= wholeSeconds(update.since));
  return owners.length > 0 && owners.every(isLeftBehind);
}

/** The engine leaves out fractions of seconds. */
function wholeSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}
