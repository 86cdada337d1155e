/** Parts of PromQL expressions about collectors. */

import { signalNames, signals, type CollectorKind } from "../contract";

/** Selects the metrics of all receivers but that of canaries. */
export const notCanary = 'receiver!="otlp/canary"';

/** A collector that alerts and dashboard are about. */
export interface WatchedCollector {
  /** Name of its workload, and value of the label `job` of its metrics. */
  readonly name: string;
  readonly kind: CollectorKind;
  /** Namespace of its pods, if it is not the stack's. */
  readonly namespace?: string;
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
export function select(metric: string, watched: Watched, ...matchers: readonly string[]): string {
  const jobs = watched.collectors.map(({ name }) => name);
  return `${metric}{${[anyOf("namespace", namespacesOf(watched)), anyOf("job", jobs), ...matchers].join(",")}}`;
}

const anyOf = (label: string, values: readonly string[]): string =>
  values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join("|")}"`;

/** Returns the namespaces of the collectors' pods. */
export function namespacesOf({ namespace, collectors }: Watched): string[] {
  return [...new Set(collectors.map((collector) => collector.namespace ?? namespace))].sort();
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
