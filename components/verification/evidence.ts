import type { Cause } from "./cause-words";
import { causeOfCode, type ExporterFailure, type Failure } from "./classify";
import type { CollectorCounters, ExporterCounters } from "./counters";
import type { CollectorKind } from "./targets";

/** What one look at one pod found since the look before. */
export interface Look {
  readonly pod: string;
  readonly collector: CollectorKind;
  /** Seconds since the first canaries were sent. */
  readonly at: number;
  /** Counted since the look before. */
  readonly counted: CollectorCounters;
  /** Logged, or known otherwise, since the look before. */
  readonly failures: readonly ExporterFailure[];
}

/** What is known about one pipeline in one pod. */
export interface PodEvidence {
  readonly collector: CollectorKind;
  /** Items that the backend took, what it rejected not among them: a log may be ahead of the counters for a look. */
  readonly sent: number;
  /** Items given up, rejected, or not taken by the full queue. */
  readonly lost: number;
  /** Those of them that the full queue did not take. */
  readonly notQueued: number;
  /** Looks at which the backend had taken something. */
  readonly successes: number;
  /** The same, since the last failure. */
  readonly successesInRow: number;
  /** Looks at which something had failed. */
  readonly failures: number;
  readonly firstFailureAt?: number;
  /** How often each cause was seen. */
  readonly causes: readonly SeenFailure[];
  /** Bytes that wait or are under way. */
  readonly queued: number;
}

export interface SeenFailure extends Failure {
  readonly times: number;
}

/** By pod. */
export type PipelineEvidence = Readonly<Record<string, PodEvidence>>;

const nothing = { sent: 0, lost: 0, notQueued: 0, successes: 0, successesInRow: 0, failures: 0, causes: [], queued: 0 };

/** What is known about the pipeline of an exporter in one pod after another look at it. */
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
    // Within one look nobody knows which came first.
    successesInRow: failure ? 0 : before.successesInRow + success,
    failures: before.failures + (failure ? 1 : 0),
    firstFailureAt: before.firstFailureAt ?? (failure ? look.at : undefined),
    causes: failures.map((one) => ({ ...one, times: 1 })).reduce(mergeSeen, before.causes),
    queued: counters?.queued ?? 0,
  };
}

/** The log says why; where its level leaves that out, counters have at least a status. */
function failuresOf(counters: ExporterCounters | undefined, seen: readonly ExporterFailure[]): Failure[] {
  if (seen.length > 0) {
    return seen.map(({ cause, status, dropped }) => ({ cause, ...(status !== undefined && { status }), dropped }));
  }
  const codes = Object.entries(counters?.failed ?? {}).flatMap(([code, count]) => (count > 0 ? [code] : []));
  if (codes.length > 0) return codes.map((code) => ({ cause: causeOfCode(code), dropped: true }));
  return (counters?.queueRefused ?? 0) > 0 ? [{ cause: "queueFull", dropped: true }] : [];
}

/** Adds what was seen elsewhere or later. */
export function mergeSeen(causes: readonly SeenFailure[], seen: SeenFailure): SeenFailure[] {
  const isSame = ({ cause, status }: Failure): boolean => cause === seen.cause && status === seen.status;
  const times = (causes.find(isSame)?.times ?? 0) + seen.times;
  return [...causes.filter((other) => !isSame(other)), { ...seen, times }];
}

/** These only follow from another cause, the last of them most closely. */
const vague: readonly Cause[] = ["queueFull", "unknown", "connection"];

/** The cause to tell people: one that says something, and of those the most frequent. */
export function mainFailure(causes: readonly SeenFailure[]): Failure | undefined {
  const clarity = ({ cause }: Failure): number => (vague.includes(cause) ? vague.indexOf(cause) : vague.length);
  const [main] = [...causes].sort((a, b) => clarity(b) - clarity(a) || b.times - a.times);
  return (
    main && { cause: main.cause, ...(main.status !== undefined && { status: main.status }), dropped: main.dropped }
  );
}
