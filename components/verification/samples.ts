import type { ExporterCounters } from "./counters";
import type { CollectorKind } from "./targets";

/** What one look found in one pod: numbers only, for whoever shows how it went. */
export interface FlowSample {
  readonly pod: string;
  /** Missing as long as the cluster does not tell it. */
  readonly node?: string;
  /** Name of the pod's workload. */
  readonly collector: string;
  readonly kind: CollectorKind;
  /** Seconds since the first reading. */
  readonly at: number;
  /** Seconds in which all of it was counted: since the look before. */
  readonly seconds: number;
  /** Counted in this time, by the id of the exporter; `queued` and `capacity` are what they are now. */
  readonly exporters: Readonly<Record<string, ExporterCounters>>;
}

/** For whoever wants more of a check than its verdicts. */
export interface Watching {
  /** Is told what each look found in each pod. */
  readonly observe?: (sample: FlowSample) => void;
  /** Seconds to go on looking for at least, with every verdict certain already. Defaults to 0. */
  readonly leastSeconds?: number;
}
