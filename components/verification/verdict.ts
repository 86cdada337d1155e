import type { CollectorKind } from "../contract";
import { mainFailure, mergeSeen, type PipelineEvidence, type PodEvidence } from "./evidence";
import type { Failure } from "./classify";

/** Whether a backend accepts a pipeline's data: delivered, failing (also if it asks for a lower rate), or no evidence. */
export type Verdict =
  | {
      readonly kind: "delivered";
      /** Number of pods whose data was accepted. */
      readonly pods: number;
      /** Number of all pods, if the state of some is unknown. */
      readonly of?: number;
    }
  | (Trouble & { readonly kind: "failing" | "throttled" })
  | { readonly kind: "noEvidence"; readonly why: "noPods" | "throttled" | "unreadable" | "noTraffic" }
  | { readonly kind: "noEvidence"; readonly why: "rejectionsHidden"; readonly collector: CollectorKind };

export interface Trouble {
  /** Of the data, or of the pods. */
  readonly extent: "all" | "some";
  readonly failure: Failure;
  /** The collector dropped data already; otherwise it retries. */
  readonly losing: boolean;
  /** The queue accepts no new data. */
  readonly queueFull: boolean;
  /** Pods in which it fails. */
  readonly pods: readonly string[];
  /** The node of all these pods, if the pipeline's pods are on several nodes. */
  readonly node?: string;
  readonly collector: CollectorKind;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** More looks would not change the verdict. */
  readonly certain: boolean;
}

export interface Situation {
  /** Ready pods of the collectors that send the pipeline's data. */
  readonly pods: readonly string[];
  /** The pods that could not be read at the last look. */
  readonly unreadable: readonly string[];
  /** Whether canaries are sent, so that a working backend always receives something. */
  readonly canary: boolean;
  /** Seconds since the first canaries. */
  readonly elapsed: number;
  /** Nodes by pod, as far as the cluster reports them. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** A kind of collector whose log level hides partial rejections. */
  readonly hiding?: CollectorKind;
}

/**
 * Number of successful looks in a row that proves delivery. A backend that fails 30 % of its requests reaches it by
 * chance in 0.7^10 = 3 % of all cases.
 */
const provenBy = 10;
/** The exporter's timeout is 5 s, a batch waits for 1 s, and the first retry for 5 s: a start takes no longer. */
const failingAfter = { seconds: 12, looks: 3 };
/** Failures between successes need longer, because a backend that has just started needs time to settle. */
const flakyAfter = { seconds: 20, looks: 3 };
/** Seconds without canaries until silence counts as no traffic; applications usually send every 10 s or more often. */
const silentAfter = 20;

/** Judges a pipeline from the evidence so far. */
export function judge(evidence: PipelineEvidence, situation: Situation): Judgement {
  const { pods, unreadable, canary, elapsed, hiding, nodes = {} } = situation;
  if (pods.length === 0) return { verdict: { kind: "noEvidence", why: "noPods" }, certain: false };
  const seen = pods.flatMap((pod) => (evidence[pod] ? [{ pod, ...evidence[pod] }] : []));
  const delivering = seen.filter(isDelivering);
  const troubled = seen.filter((pod) => pod.failures > 0 && !isDelivering(pod));
  const inRow = sum(seen, ({ successesInRow }) => successesInRow);

  if (troubled.length === 0 && delivering.length > 0) {
    const everywhere = delivering.length === pods.length || (!canary && elapsed >= silentAfter);
    const delivered: Verdict = {
      kind: "delivered",
      pods: delivering.length,
      ...(canary && delivering.length < pods.length && { of: pods.length }),
    };
    return {
      verdict: hiding ? { kind: "noEvidence", why: "rejectionsHidden", collector: hiding } : delivered,
      certain: everywhere && (inRow >= provenBy || (!canary && elapsed >= silentAfter)),
    };
  }
  // With too few successes since, a pod may have recovered by chance.
  const failed = troubled.length > 0 ? troubled : seen.filter(({ failures }) => failures > 0);
  if (failed.length > 0) {
    const all = sum(seen, ({ sent }) => Math.max(0, sent)) === 0;
    const limit = all ? failingAfter : flakyAfter;
    const looks = sum(failed, ({ failures }) => failures);
    const isEverywhere = failed.length === pods.length || elapsed >= flakyAfter.seconds;
    return {
      verdict: trouble(failed, all, commonNode(failed, pods, nodes)),
      certain: elapsed >= limit.seconds && looks >= limit.looks && isEverywhere,
    };
  }
  if (unreadable.length === pods.length) {
    return { verdict: { kind: "noEvidence", why: "unreadable" }, certain: false };
  }
  // Canaries without success or failure still wait for an answer.
  const waiting = seen.filter(({ queued }) => queued > 0);
  if (canary && waiting.length > 0) {
    return { verdict: trouble(waiting, true, commonNode(waiting, pods, nodes)), certain: false };
  }
  return { verdict: { kind: "noEvidence", why: "noTraffic" }, certain: !canary && elapsed >= silentAfter };
}

/** Whether the pod has no failures, or enough successes since the last one. */
function isDelivering({ failures, successes, successesInRow }: PodEvidence): boolean {
  return failures === 0 ? successes > 0 : successesInRow >= provenBy;
}

/** Returns the node that has all troubled pods, unless it has all pods of the pipeline. */
function commonNode(
  troubled: readonly { readonly pod: string }[],
  pods: readonly string[],
  nodes: Readonly<Record<string, string>>,
): string | undefined {
  const of = (pod: string): string | undefined => nodes[pod];
  const [node, ...others] = new Set(troubled.map(({ pod }) => of(pod)));
  return others.length === 0 && pods.some((pod) => of(pod) !== undefined && of(pod) !== node) ? node : undefined;
}

function trouble(pods: readonly (PodEvidence & { pod: string })[], all: boolean, node: string | undefined): Verdict {
  const sorted = [...pods].sort((a, b) => (a.pod < b.pod ? -1 : 1));
  const causes = sorted.flatMap(({ causes }) => causes);
  const failure = mainFailure(causes.reduce(mergeSeen, [])) ?? { cause: "unknown", dropped: false };
  return {
    kind: failure.cause === "throttled" ? "throttled" : "failing",
    extent: all ? "all" : "some",
    failure,
    losing: pods.some(({ lost, notQueued }) => lost > notQueued),
    queueFull: pods.some(({ notQueued }) => notQueued > 0),
    pods: sorted.map(({ pod }) => pod),
    ...(node !== undefined && { node }),
    collector: sorted[0]?.collector ?? "gateway",
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
