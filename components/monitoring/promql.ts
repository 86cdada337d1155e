/** Parts of PromQL expressions about collectors. */

import { signalNames, signals } from "../contract";

/** A collector that alerts and dashboard are about. */
export interface WatchedCollector {
  /** Name of its workload, and value of the label `job` of its metrics. */
  readonly name: string;
  readonly kind: "gateway" | "agent";
  /** Memory limit of one pod, in bytes. */
  readonly memoryLimit: number;
  /** Seconds for which it retries a batch, of each of its pipelines. */
  readonly retries?: readonly number[];
  /** Whether a user has set the size of one of its queues. */
  readonly hasOwnQueues?: boolean;
}

/** Collectors in the order of their names, so that the same ones always give the same text. */
export interface Watched {
  readonly namespace: string;
  readonly collectors: readonly WatchedCollector[];
}

/** Window of growth, which is longer than any usual scrape interval. */
export const window = "10m";

/** Selects a metric of these collectors, with further matchers. */
export function select(metric: string, { namespace, collectors }: Watched, ...matchers: readonly string[]): string {
  const jobs = collectors.map(({ name }) => name);
  const job = jobs.length === 1 ? `job="${jobs[0]}"` : `job=~"${jobs.join("|")}"`;
  return `${metric}{${[`namespace="${namespace}"`, job, ...matchers].join(",")}}`;
}

/** Joins one expression for each signal. The results need a label that distinguishes the signals. */
export function ofAllSignals(metric: string, expression: (metric: string, signal: string) => string): string {
  return signalNames.map((signal) => expression(`${metric}_${signals[signal].unit}`, signal)).join(" or ");
}

/**
 * The growth of a counter in the window. A counter first appears with its first increment, which `increase` misses, so
 * the first value counts as growth.
 */
export function growth(series: string): string {
  return `((${series} unless ${series} offset ${window}) or increase(${series}[${window}]))`;
}

/** Adds a label with a fixed value to the results of an expression. */
export function labelled(expression: string, label: string, value: string): string {
  return `label_replace(${expression}, "${label}", "${value}", "", "")`;
}
