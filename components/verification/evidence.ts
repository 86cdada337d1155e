import type { CollectorKind } from "../contract";
import type { Cause } from "./cause-words";
import { causeOfCode, type ExporterFailure, type Failure } from "./classify";
import type { CollectorCounters, ExporterCounters } from "./counters";

/** Result of one look at one pod. */
export interface Look {
  readonly pod: string;
  readonly collector: CollectorKind;
  /** Seconds since the first canaries were sent. */
  readonly at: number;
  /** Growth since the last look. */
  readonly counted: CollectorCounters;
  /** Failures since the last look, from the log or from elsewhere. */
  readonly failures: readonly ExporterFailure[];
}

/** Everything known about one pipeline in one pod. */
export interface PodEvidence {
  readonly collector: CollectorKind;
  /** Items that the backend accepted and did not reject. Negative while the log is ahead of the counters. */
  readonly sent: number;
  /** Items that were dropped, rejected, or not accepted by the full queue. */
  readonly lost: number;
  /** The lost items that the full queue did not accept. */
  readonly notQueued: number;
  /** Looks at which the backend had accepted something. */
  readonly successes: number;
  /** Successful looks since the last failure. */
  readonly successesInRow: number;
  /** Looks at which something had failed. */
  readonly failures: number;
  readonly firstFailureAt?: number;
  /** Each cause with its number of occurrences. */
  readonly causes: readonly SeenFailure[];
  /** Bytes that wait or are being sent. */
  readonly queued: number;
}

export interface SeenFailure extends Failure {
  readonly times: number;
}

/** By pod. */
export type PipelineEvidence = Readonly<Record<string, PodEvidence>>;

const nothing = { sent: 0, lost: 0, notQueued: 0, successes: 0, successesInRow: 0, failures: 0, causes: [], queued: 0 };

/** Adds a look at a pod to the evidence about the pipeline of an exporter. */
export function learn(known: PodEvidence | undefined, exporter: string, look: Look): PodEvidence {
  const counters = look.counted.exporters[exporter];
  const before = known ?? { ...nothing, collector: look.collector };
  const own = look.failures.filter((failure) => failure.exporter === exporter);
  const failures = failuresOf(counters, own);
  const failure = failures.length > 0;
  const rejected = own.reduce((sum, one) => sum + (one.rejected ?? 0), 0);
  const sent = (counters?.sent ?? 0) - rejected;
  const failed = Object.values(counters?.failed ?? {}).reduce((sum, count) => sum + count, 0);
  const success = sent > 0 ? 1 : 0;
  const notQueued = counters?.queueRefused ?? 0;
  return {
    collector: look.collector,
    sent: before.sent + sent,
    lost: before.lost + failed + notQueued + rejected,
    notQueued: before.notQueued + notQueued,
    successes: before.successes + success,
    // The order within one look is unknown.
    successesInRow: failure ? 0 : before.successesInRow + success,
    failures: before.failures + (failure ? 1 : 0),
    firstFailureAt: before.firstFailureAt ?? (failure ? look.at : undefined),
    causes: failures.map((one) => ({ ...one, times: 1 })).reduce(mergeSeen, before.causes),
    queued: counters?.queued ?? 0,
  };
}

/** The log has the causes. If its level hides them, counters have at least a status. */
function failuresOf(counters: ExporterCounters | undefined, seen: readonly ExporterFailure[]): Failure[] {
  if (seen.length > 0) {
    return seen.map(({ cause, status, dropped }) => ({ cause, ...(status !== undefined && { status }), dropped }));
  }
  const codes = Object.entries(counters?.failed ?? {}).flatMap(([code, count]) => (count > 0 ? [code] : []));
  if (codes.length > 0) return codes.map((code) => ({ cause: causeOfCode(code), dropped: true }));
  return (counters?.queueRefused ?? 0) > 0 ? [{ cause: "queueFull", dropped: true }] : [];
}

/** Adds a failure that was seen elsewhere or later. */
export function mergeSeen(causes: readonly SeenFailure[], seen: SeenFailure): SeenFailure[] {
  const isSame = ({ cause, status }: Failure): boolean => cause === seen.cause && status === seen.status;
  const times = (causes.find(isSame)?.times ?? 0) + seen.times;
  return [...causes.filter((other) => !isSame(other)), { ...seen, times }];
}

/** Causes that only follow from another one, vaguest first. */
const vague: readonly Cause[] = ["queueFull", "unknown", "connection"];
/** If a backend redirects, its other failures come from the target of the redirect, so the redirect is the cause to name. */
const root: Cause = "redirected";

/** Returns the failure for the message: the most specific one, and of those the most frequent. */
export function mainFailure(causes: readonly SeenFailure[]): Failure | undefined {
  const clarity = ({ cause }: Failure): number => {
    if (cause === root) return vague.length + 1;
    return vague.includes(cause) ? vague.indexOf(cause) : vague.length;
  };
  const [main] = [...causes].sort((a, b) => clarity(b) - clarity(a) || b.times - a.times);
  return (
    main && { cause: main.cause, ...(main.status !== undefined && { status: main.status }), dropped: main.dropped }
  );
}
