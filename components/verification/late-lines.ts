import { containerOfFile, lateLineOperator, lateReportInterval, offsetAttribute } from "../inputs";
import { logNumber, logValue } from "./log-value";

/** A line that a log agent read long after it was written. */
export interface LateLine {
  /** Id of the receiver, which is one for each pipeline. */
  readonly receiver: string;
  /** `NAMESPACE/POD (CONTAINER)`. */
  readonly container: string;
  readonly file: string;
  /** Its place in the file, in bytes. */
  readonly offset: number;
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
    const file = logValue("log.file.path", text) ?? "";
    const container = containerOfFile(file);
    const offset = logNumber(offsetAttribute, text);
    const read = Date.parse(logValue("ts", text) ?? "");
    const written = Date.parse(logValue("entry.timestamp", text) ?? "");
    const age = (now - read) / 1000;
    if (receiver === undefined || container === undefined || offset === undefined) return [];
    if (!(age <= lateWindow) || Number.isNaN(written)) return [];
    return [
      { receiver, container, file, offset, ...(node !== undefined && { node }), lag: (read - written) / 1000, age },
    ];
  });
}

/** How far the log agents are behind for one pipeline. */
export interface Lag {
  /** The longest lag of each node in seconds, the longest first. */
  readonly nodes: readonly (readonly [node: string, seconds: number])[];
  /** The containers of the late lines, those with the most reports first. */
  readonly containers: readonly LateContainer[];
}

interface LateContainer {
  /** `NAMESPACE/POD (CONTAINER)`. */
  readonly name: string;
  /** Bytes that it has written and that are not read, as an estimate; missing without two reports of a file. */
  readonly bytes?: number;
}

/**
 * Returns how far the log agents are behind; nothing if they are not. Lines from before the start of a log agent do not
 * count: it has just begun to read them.
 *
 * @param uptimes seconds since the start of the log agents, by node
 */
export function lagOf(lines: readonly LateLine[], uptimes: Readonly<Record<string, number>>): Lag | undefined {
  const counted = lines.filter(({ node = "", lag, age }) => age + lag <= (uptimes[node] ?? 0));
  if (counted.length === 0) return undefined;
  const nodes = [...groups(counted, ({ node = "" }) => node)].map(
    ([node, own]) => [node, Math.max(...own.map(({ lag }) => lag))] as const,
  );
  const containers = [...groups(counted, ({ container }) => container)];
  return {
    nodes: nodes.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
    containers: containers
      .sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
      .map(([name, own]) => ({ name, ...bytesBehind(own) })),
  };
}

/** Least seconds between two lines from which a rate is estimated. */
const leastDistance = 1;

/**
 * Estimates the bytes that are written and not read: those that a container wrote per second between two lines of a file,
 * times the lag of the later line. No metric shows the size of a file.
 */
function bytesBehind(lines: readonly LateLine[]): Pick<LateContainer, "bytes"> {
  const estimates = [...groups(lines, ({ node = "", file }) => `${node} ${file}`).values()].flatMap((own) => {
    const byTime = [...own].sort((a, b) => b.age + b.lag - (a.age + a.lag));
    const [first, last] = [byTime[0], byTime.at(-1)];
    if (first === undefined || last === undefined) return [];
    const seconds = first.age + first.lag - (last.age + last.lag);
    const bytes = last.offset - first.offset;
    return seconds < leastDistance || bytes <= 0 ? [] : [(bytes / seconds) * last.lag];
  });
  return estimates.length === 0 ? {} : { bytes: Math.max(...estimates) };
}

function groups<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return found;
}
