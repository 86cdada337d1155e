import { signalNames, type Signal } from "../contract";
import type { CollectorCounters } from "./counters";
import type { CollectorTarget, PipelineTarget } from "./targets";

/**
 * Data that a collector refuses because its memory is short. It refuses data before the data is assigned to pipelines,
 * so this concerns every pipeline of the signal that the collector serves, whatever the backend does. Canaries enter
 * behind the memory limiter, so they do not show it.
 */
export interface Refusals {
  readonly collector: CollectorTarget;
  readonly signal: Signal;
  /** Pods that refuse, or have refused. */
  readonly pods: readonly string[];
  /** Data points, spans or log records during the check. */
  readonly items: number;
  /** Whether refusals continue; otherwise they were momentary, and senders retry for longer than that. */
  readonly lasting: boolean;
}

interface PodRefusals {
  readonly collector: CollectorTarget;
  readonly signal: Signal;
  readonly pod: string;
  readonly items: number;
  /** Looks with refusals. */
  readonly looks: number;
  /** Looks without refusals since the last one with some. */
  readonly quiet: number;
}

/** One entry for each pod and signal with refusals. */
export type RefusalEvidence = readonly PodRefusals[];

/** Number of looks with refusals that makes them lasting; garbage collection takes one or two. */
const lastingAfter = 3;
/** Number of looks without refusals after which they are over. */
const overAfter = 3;

/** Adds a look at a pod to the evidence. */
export function learnRefusals(
  evidence: RefusalEvidence,
  { pod, collector, refused }: { pod: string; collector: CollectorTarget; refused: CollectorCounters["refused"] },
): RefusalEvidence {
  const isOf = (one: PodRefusals): boolean => one.pod === pod;
  const known = evidence.filter(isOf).map(({ signal }) => signal);
  const fresh = signalNames.filter((signal) => (refused[signal] ?? 0) > 0 && !known.includes(signal));
  const nothing = { collector, pod, items: 0, looks: 0, quiet: 0 };
  const own = [...evidence.filter(isOf), ...fresh.map((signal) => ({ ...nothing, signal }))];
  return [
    ...evidence.filter((one) => !isOf(one)),
    ...own.map((before) => {
      const items = refused[before.signal] ?? 0;
      return {
        ...before,
        items: before.items + items,
        looks: before.looks + (items > 0 ? 1 : 0),
        quiet: items > 0 ? 0 : before.quiet + 1,
      };
    }),
  ];
}

/** Returns the refusals in the given pods that concern a pipeline, if there are any. */
export function refusalsOf(
  evidence: RefusalEvidence,
  { signal, collectors }: Pick<PipelineTarget, "signal" | "collectors">,
  pods: readonly string[],
): { readonly refusals?: Refusals; readonly certain: boolean } {
  const own = evidence.filter(
    (one) => one.signal === signal && collectors.includes(one.collector.name) && pods.includes(one.pod),
  );
  const lasting = own.filter(({ looks, quiet }) => looks >= lastingAfter && quiet < overAfter);
  const told = lasting.length > 0 ? lasting : own;
  const [first] = told;
  if (first === undefined) return { certain: true };
  const certain = lasting.length > 0 || own.every(({ quiet }) => quiet >= overAfter);
  const { collector } = first;
  const mine = told.filter((one) => one.collector.name === collector.name);
  return {
    refusals: {
      collector,
      signal,
      pods: mine.map(({ pod }) => pod).sort(),
      items: mine.reduce((sum, { items }) => sum + items, 0),
      lasting: lasting.length > 0,
    },
    certain,
  };
}
