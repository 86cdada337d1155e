import type { CollectorKind } from "../contract";
import type { ExporterCounters } from "./counters";

/** Result of one look at one pod, in numbers, for plots. */
export interface FlowSample {
  readonly pod: string;
  /** Missing until the cluster reports it. */
  readonly node?: string;
  /** Name of the pod's workload. */
  readonly collector: string;
  readonly kind: CollectorKind;
  /** Seconds since the first reading. */
  readonly at: number;
  /** Seconds since the last look, in which everything was counted. */
  readonly seconds: number;
  /** Growth in this time, by id of the exporter; `queued` and `capacity` are current values. */
  readonly exporters: Readonly<Record<string, ExporterCounters>>;
}

/** For callers that need more than the verdicts of a check. */
export interface Watching {
  /** Called with the result of each look at each pod. */
  readonly observe?: (sample: FlowSample) => void;
  /** Shortest time in seconds to continue, even if every verdict is certain. Defaults to 0. */
  readonly leastSeconds?: number;
}
