/** The facts about a stack and its inputs from which `decide` follows. Times are in milliseconds since the epoch. */
export interface Knowledge {
  /** Fingerprint of all inputs of an update: settings, pipelines, policies and referenced Secrets. */
  readonly inputs: string;
  /** First and last change of inputs since the last update. */
  readonly changed?: { readonly first: number; readonly last: number };
  /** The last time that an object of the stack was changed or deleted from outside. */
  readonly drift?: { readonly at: number };
  /** The last update, whatever its outcome. */
  readonly last?: Attempt;
}

export interface Attempt {
  /** Fingerprint of the update's inputs. */
  readonly inputs: string;
  readonly outcome: Outcome;
  /** When the update ended. */
  readonly at: number;
  /** The number of consecutive updates with these inputs and this outcome, including this one. */
  readonly inRow: number;
  /** The number of consecutive corrections of drift, each within `peace` of the one before. */
  readonly corrections: number;
}

/**
 * `done`: the stack matches its inputs. `refused`: the inputs are wrong, so a retry cannot succeed. `wentBack`: the update
 * failed, and the last good inputs serve again. `locked`: another update of the stack runs. `failed`: any other failure,
 * such as an API server that does not answer.
 */
export type Outcome = "done" | "refused" | "wentBack" | "locked" | "failed";

/** Reasons for an update. `resync`: nothing has changed for a while, except what no watch sees. */
export type Why = "first" | "inputs" | "retry" | "drift" | "resync";

export type Decision =
  | { readonly kind: "update"; readonly why: Why }
  /** Waits until this time, or without limit, unless the facts change. */
  | { readonly kind: "wait"; readonly until?: number };

/** Intervals, all in milliseconds. */
export interface Pace {
  /** From the last change of inputs to the update. People rarely write several files at the same moment. */
  readonly quiet: number;
  /** From the first change of inputs to the update, while changes go on. */
  readonly longest: number;
  /** From a failure to the first retry. Each further retry doubles it. */
  readonly firstRetry: number;
  /** The longest interval between two retries. */
  readonly longestRetry: number;
  /** Between two updates without any change, for changes that no watch sees. */
  readonly resync: number;
}

export const defaultPace: Pace = {
  quiet: 2_000,
  longest: 15_000,
  firstRetry: 15_000,
  longestRetry: 600_000,
  resync: 3_600_000,
};

/** A correction this many milliseconds after the previous one starts a new count: corrections are no longer undone. */
const peace = 600_000;

/** Decides what to do now. Refused inputs are never retried, and neither are those gone back from: a repair changes the fingerprint. */
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
      // The first correction comes at once. If somebody undoes corrections, the pause before each doubles.
      const pause = last.corrections === 0 ? 0 : backOff(last.corrections, pace);
      return at(Math.max(drift.at + pace.quiet, last.at + pause), now, "drift");
    }
  }
}

/** Returns the record of an update that has ended. */
export function recordAttempt(
  before: Attempt | undefined,
  { inputs, outcome, why, at }: { inputs: string; outcome: Outcome; why: Why; at: number },
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

function at(time: number, now: number, why: Why): Decision {
  return time <= now ? { kind: "update", why } : { kind: "wait", until: time };
}

function backOff(times: number, { firstRetry, longestRetry }: Pace): number {
  return Math.min(firstRetry * 2 ** (times - 1), longestRetry);
}
