import type { Cause } from "./cause-words";
import { httpStatus, rowOf, tokenCause, tokenErrors } from "./error-table";

/** One failed export. It never contains a text of the collector or of a backend, which could hold a credential. */
export interface Failure {
  readonly cause: Cause;
  /** HTTP status of the answer. */
  readonly status?: number;
  /** The collector dropped the data; otherwise it retries. */
  readonly dropped: boolean;
}

export interface ExporterFailure extends Failure {
  readonly exporter: string;
  /** Items that the backend did not keep, although the exporter counts them as sent. */
  readonly rejected?: number;
}

export interface LoggedFailure extends ExporterFailure {
  /** Time of the log line, by the clock of the pod's node. */
  readonly at: string;
}

/** Messages and fields of the collector's log lines about exports. */
const logged = {
  retried: "Exporting failed. Will retry the request after interval.",
  dropped: ["Exporting failed. Dropping data.", "Exporting failed. Rejecting data."],
  partial: "Partial success response",
  shutdown: "interrupted due to shutdown",
  /** Fields of a partial success, one for each signal. */
  rejectedItems: ["dropped_data_points", "dropped_spans", "dropped_log_records"],
} as const;

/** Reads the failures of exporters from a collector's JSON log. Other lines and truncated lines are skipped. */
export function readFailures(log: string): LoggedFailure[] {
  return log.split("\n").flatMap((text): LoggedFailure[] => {
    const line = parse(text);
    const { msg, ts: at, error, ["otelcol.component.id"]: exporter } = line;
    if (typeof msg !== "string" || typeof at !== "string" || typeof exporter !== "string") return [];
    if (msg === logged.partial) {
      const rejected = rejectedItems(line);
      // OTLP defines an answer with a text and no rejected item as a warning: the backend accepted everything.
      return rejected === 0 ? [] : [{ exporter, at, cause: "rejected", dropped: true, rejected }];
    }
    const dropped = logged.dropped.some((text) => text === msg);
    if ((msg !== logged.retried && !dropped) || typeof error !== "string") return [];
    // A collector that shuts down drops its queues, which is not a failure of the backend.
    if (error.startsWith(logged.shutdown)) return [];
    return [{ exporter, at, ...classify(error), dropped }];
  });
}

/** Without a number in the line, at least one item was rejected. */
function rejectedItems(line: Readonly<Record<string, unknown>>): number {
  const counts = logged.rejectedItems.map((field) => line[field]);
  return counts.find((count) => typeof count === "number") ?? 1;
}

function parse(line: string): Readonly<Record<string, unknown>> {
  if (!line.startsWith("{")) return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Errors of the disk of a log agent, in the words of Go. No answer of a backend begins like that. */
const ofDisk = /^\w+ \/\S+: (?:no space left on device|disk quota exceeded|read-only file system|input\/output error)$/;

/** The words with which HTTP/2 ends a connection that was probed too often, after Go's for gRPC and for HTTP. */
const ofPings = /ENHANCE_YOUR_CALM, debug(?: data: |=)"too_many_pings"/;

/** Returns the cause of an exporter's error. */
export function classify(error: string): Omit<Failure, "dropped"> {
  if (ofDisk.test(error)) return { cause: "disk" };
  if (ofPings.test(error)) return { cause: "pings" };
  if (tokenErrors.any.test(error)) return { cause: tokenCause(error) };
  const status = Number(httpStatus.exec(error)?.[1]);
  return { cause: rowOf(error)?.cause ?? "unknown", ...(status && { status }) };
}

/** Returns the cause for a gRPC status, which is all that counters have. */
export function causeOfCode(code: string): Cause {
  return code === "Unknown" || code === "" ? "unknown" : classify(`rpc error: code = ${code}`).cause;
}
