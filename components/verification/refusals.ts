import type { PipelineSignal } from "../collector/model";
import type { CollectorCounters } from "./counters";
import type { CollectorTarget, PipelineTarget } from "./targets";

/**
 * A collector whose memory is short takes no data until it has more. It does so before data comes to any pipeline, so
 * nobody knows whose data it was: it concerns every pipeline of the signal that this collector serves, whatever its
 * backend does. Canaries come in behind that, so they are no sign of it.
 */
export interface Refusals {
  readonly collector: CollectorTarget;
  readonly signal: PipelineSignal;
  /** Pods that refuse, or have refused. */
  readonly pods: readonly string[];
  /** Points, spans or records in the time of the check. */
  readonly items: number;
  /** Still going on; else it was for a moment only, and senders try again for longer than that. */
  readonly lasting: boolean;
}

interface PodRefusals {
  readonly collector: CollectorTarget;
  readonly signal: PipelineSignal;
  readonly pod: string;
  readonly items: number;
  /** Looks at which something had been refused. */
  readonly looks: number;
  /** Looks since the last of them. */
  readonly quiet: number;
}

/** Of pods and signals with refusals. */
export type RefusalEvidence = readonly PodRefusals[];

/** Looks with refusals that are more than a moment's: garbage is collected within one or two. */
const lastingAfter = 3;
/** Looks without any that show that it is over. */
const overAfter = 3;

/** What is known after another look at a pod. */
export function learnRefusals(
  evidence: RefusalEvidence,
  { pod, collector, refused }: { pod: string; collector: CollectorTarget; refused: CollectorCounters["refused"] },
): RefusalEvidence {
  const isOf = (one: PodRefusals): boolean => one.pod === pod;
  const known = evidence.filter(isOf).map(({ signal }) => signal);
  const fresh = signals.filter((signal) => (refused[signal] ?? 0) > 0 && !known.includes(signal));
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

const signals: readonly PipelineSignal[] = ["metrics", "traces", "logs"];

/** What concerns a pipeline, of the pods that are there; nothing where nothing was refused. */
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
