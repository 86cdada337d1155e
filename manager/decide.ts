/** What is known about a stack and its inputs; times in milliseconds since the epoch. */
export interface Knowledge {
  /** Fingerprint of everything that an update is made from: settings, pipelines, policies, referenced Secrets. */
  readonly inputs: string;
  /** First and last change of inputs that no update has seen yet. */
  readonly changed?: { readonly first: number; readonly last: number };
  /** Somebody else changed or removed an object of the stack. */
  readonly drift?: { readonly at: number };
  /** The last update, whatever became of it. */
  readonly last?: Attempt;
}

export interface Attempt {
  /** Fingerprint of what it was made from. */
  readonly inputs: string;
  readonly outcome: Outcome;
  /** When it ended. */
  readonly at: number;
  /** How many in a row ended like this one with the same inputs, this one included. */
  readonly inRow: number;
  /** Corrections of drift in a row, each within `peace` of the one before; something fights with us. */
  readonly corrections: number;
}

/**
 * `done`: all is as the inputs say. `refused`: the inputs are wrong, and will be wrong the next time. `wentBack`: the
 * update failed, and the last inputs that were good serve again. `locked`: somebody else updates the stack. `failed`:
 * anything else, such as an API server that is away.
 */
export type Outcome = "done" | "refused" | "wentBack" | "locked" | "failed";

export type Decision =
  | { readonly kind: "update"; readonly why: "first" | "inputs" | "retry" | "drift" | "resync" }
  /** Until then, or for ever, as long as nothing new is known. */
  | { readonly kind: "wait"; readonly until?: number };

/** All in milliseconds. */
export interface Pace {
  /** Without a further change, until changes are taken up: several files are rarely written at once. */
  readonly quiet: number;
  /** From the first change, when they do not end. */
  readonly longest: number;
  /** Until the first retry of what failed; doubles with each further one. */
  readonly firstRetry: number;
  /** Between two retries at most. */
  readonly longestRetry: number;
  /** Between two updates of a stack in which nothing happens, for what no watch sees. */
  readonly resync: number;
}

export const defaultPace: Pace = {
  quiet: 2_000,
  longest: 15_000,
  firstRetry: 15_000,
  longestRetry: 600_000,
  resync: 3_600_000,
};

/** A correction that comes so long after the one before is no fight. */
const peace = 600_000;

/** What to do now. Inputs that are wrong or were gone back from are never tried twice; whoever mends them changes the fingerprint. */
export function decide({ inputs, changed, drift, last }: Knowledge, now: number, pace: Pace = defaultPace): Decision {
  if (last === undefined) return { kind: "update", why: "first" };
  if (inputs !== last.inputs) {
    const { first, last: latest } = changed ?? { first: now, last: now };
    return at(Math.min(latest + pace.quiet, first + pace.longest), now, "inputs");
  }
  switch (last.outcome) {
    case "refused":
    case "wentBack":
      return { kind: "wait" };
    case "locked":
      return at(last.at + pace.firstRetry, now, "retry");
    case "failed":
      return at(last.at + backOff(last.inRow, pace), now, "retry");
    case "done": {
      const resync = at(last.at + pace.resync, now, "resync");
      if (!drift) return resync;
      // The first correction comes at once; one after the other ever more slowly, if somebody undoes them.
      const pause = last.corrections === 0 ? 0 : backOff(last.corrections, pace);
      return at(Math.max(drift.at + pace.quiet, last.at + pause), now, "drift");
    }
  }
}

/** What to remember of an update that has ended. */
export function attempted(
  before: Attempt | undefined,
  { inputs, outcome, why, at }: { inputs: string; outcome: Outcome; why: string; at: number },
): Attempt {
  const isSame = before?.inputs === inputs && before.outcome === outcome;
  const recent = before !== undefined && at - before.at < peace ? before.corrections : 0;
  return {
    inputs,
    outcome,
    at,
    inRow: isSame ? before.inRow + 1 : 1,
    corrections: why === "drift" ? recent + 1 : recent,
  };
}

function at(time: number, now: number, why: "inputs" | "retry" | "drift" | "resync"): Decision {
  return time <= now ? { kind: "update", why } : { kind: "wait", until: time };
}

function backOff(times: number, { firstRetry, longestRetry }: Pace): number {
  return Math.min(firstRetry * 2 ** (times - 1), longestRetry);
}
