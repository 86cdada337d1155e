import { containerOfFile, lateLineOperator, lateReportInterval } from "../inputs";
import { logValue } from "./log-value";

/** A line that a log agent read long after it was written. */
export interface LateLine {
  /** Id of the receiver, which is one for each pipeline. */
  readonly receiver: string;
  /** `NAMESPACE/POD (CONTAINER)`. */
  readonly container: string;
  /** The node of the log agent, if it is known. */
  readonly node?: string;
  /** Seconds from writing the line to reading it. */
  readonly lag: number;
  /** Seconds since the line was read. */
  readonly age: number;
}

/** Seconds for which a report of late lines describes the present: four intervals, as one can find nothing to report. */
export const lateWindow = 4 * lateReportInterval;

/**
 * Reads the reports about late lines of the last minutes.
 *
 * @param now in milliseconds since 1970
 */
export function readLateLines(log: string, node: string | undefined, now: number): LateLine[] {
  return log.split("\n").flatMap((text) => {
    if (!text.includes(`"operator_id":"${lateLineOperator}"`)) return [];
    const receiver = logValue("otelcol.component.id", text);
    const container = containerOfFile(logValue("log.file.path", text) ?? "");
    const read = Date.parse(logValue("ts", text) ?? "");
    const written = Date.parse(logValue("entry.timestamp", text) ?? "");
    const age = (now - read) / 1000;
    if (receiver === undefined || container === undefined || !(age <= lateWindow) || Number.isNaN(written)) return [];
    return [{ receiver, container, ...(node !== undefined && { node }), lag: (read - written) / 1000, age }];
  });
}

/** What the log agents are behind with for one pipeline. */
export interface Lag {
  /** The longest lag of each node in seconds, the longest first. */
  readonly nodes: readonly (readonly [node: string, seconds: number])[];
  /** Containers of the late lines, those with the most reports first. */
  readonly containers: readonly string[];
}

/**
 * Returns how far the log agents are behind; nothing if they are not. Lines from before the start of a log agent do not
 * count: it has just begun to read them.
 *
 * @param uptimes seconds since the start of the log agents, by node
 */
export function lagOf(lines: readonly LateLine[], uptimes: Readonly<Record<string, number>>): Lag | undefined {
  const nodes = new Map<string, number>();
  const reports = new Map<string, number>();
  for (const { container, node = "", lag, age } of lines) {
    if (age + lag > (uptimes[node] ?? 0)) continue;
    nodes.set(node, Math.max(nodes.get(node) ?? 0, lag));
    reports.set(container, (reports.get(container) ?? 0) + 1);
  }
  if (nodes.size === 0) return undefined;
  return { nodes: descending(nodes), containers: descending(reports).map(([container]) => container) };
}

/** Returns the entries with the greatest values first, equal ones by name. */
const descending = (all: ReadonlyMap<string, number>): [string, number][] =>
  [...all].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
