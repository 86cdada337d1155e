/** Whose metrics are looked at, and parts of expressions about them. */

/** A collector that is watched. */
export interface WatchedCollector {
  /** Name of its workload, which the scraper has as `job`. */
  readonly name: string;
  readonly kind: "gateway" | "agent";
  /** Most memory of one pod, in bytes. */
  readonly memoryLimit: number;
}

/** What is watched: collectors in the order of their names, so that the same ones always give the same text. */
export interface Watched {
  readonly namespace: string;
  readonly collectors: readonly WatchedCollector[];
}

/** How long something is looked back upon, longer than any usual time between two scrapes. */
export const window = "10m";

/** In the collector's own words, each metric about items once for each signal. */
const units = { metrics: "metric_points", traces: "spans", logs: "log_records" } as const;

/** Metrics of these collectors, as far as they have further labels. */
export function select(metric: string, { namespace, collectors }: Watched, ...matchers: readonly string[]): string {
  const jobs = collectors.map(({ name }) => name);
  const job = jobs.length === 1 ? `job="${jobs[0]}"` : `job=~"${jobs.join("|")}"`;
  return `${metric}{${[`namespace="${namespace}"`, job, ...matchers].join(",")}}`;
}

/** One expression for each signal, joined. Their results need a label that tells the signals apart. */
export function ofAllSignals(metric: string, expression: (metric: string, signal: string) => string): string {
  return Object.entries(units)
    .map(([signal, unit]) => expression(`${metric}_${unit}`, signal))
    .join(" or ");
}

/**
 * By how much a counter grew in the window. A counter that is only there since something was counted has no value
 * before, from which `increase` could tell; what it shows first is what it grew by.
 */
export function growth(series: string): string {
  return `((${series} unless ${series} offset ${window}) or increase(${series}[${window}]))`;
}

/** Adds a label with a fixed value. */
export function labelled(expression: string, label: string, value: string): string {
  return `label_replace(${expression}, "${label}", "${value}", "", "")`;
}
