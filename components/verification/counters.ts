import { signalNames, signals } from "../contract";
import { label } from "./self-metrics";

/** Counters of a collector since its start. */
export interface CollectorCounters {
  /** Seconds since the start. */
  readonly uptime: number;
  /** By id of the exporter. */
  readonly exporters: Readonly<Record<string, ExporterCounters>>;
  /** Items that the memory limiter refused, by signal. */
  readonly refused: Readonly<Record<string, number>>;
  /**
   * Number of redirects, by `host:port` (`host` for the default port) and HTTP status. The server is empty for all servers
   * of a collector that sends over HTTP to an address from a Secret.
   */
  readonly redirects: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface ExporterCounters {
  /** Items that the backend accepted. */
  readonly sent: number;
  /** Dropped items, by name of the gRPC status of their error. */
  readonly failed: Readonly<Record<string, number>>;
  /** Items that the full queue did not accept. */
  readonly queueRefused: number;
  /** Bytes in the queue, including those that are being sent. */
  readonly queued: number;
  /** Most bytes that the queue holds; missing until the collector reports it. */
  readonly capacity?: number;
}

const none: ExporterCounters = { sent: 0, failed: {}, queueRefused: 0, queued: 0 };

const sample = /^otelcol_(\w+?)(?:\{(.*)\})? (\S+)$/;
const units = signalNames.map((signal) => signals[signal].unit).join("|");
const exporterMetric = new RegExp(`^exporter_(sent|send_failed|enqueue_failed)_(?:${units})$`);
/** Collectors from 0.155 on have the processor's type in the name. */
const refusedMetric = new RegExp(`^processor_(?:memory_limiter_)?refused_(${units})$`);
const redirect = /^http_client_request_duration_count\{(.*http_response_status_code="(3\d\d)".*)\} (\S+)$/;

/** Reads a collector's own metrics in Prometheus' text format. Ids of exporters contain no quotes or backslashes. */
export function readCounters(text: string): CollectorCounters {
  const exporters: Record<string, ExporterCounters> = {};
  const refused: Record<string, number> = {};
  const redirects: Record<string, Record<string, number>> = {};
  let uptime = 0;
  for (const line of text.split("\n")) {
    const [, serverLabels = "", status, times] = redirect.exec(line) ?? [];
    if (status !== undefined) {
      const server = [label(serverLabels, "server_address"), label(serverLabels, "server_port")]
        .filter(Boolean)
        .join(":");
      redirects[server] = { ...redirects[server], [status]: Number(times) };
    }
    const [, metric = "", labelText = "", valueText] = sample.exec(line) ?? [];
    const value = Number(valueText);
    if (metric === "process_uptime") uptime = value;
    // Refusals of receivers are not read, because they include full queues, which exporters count already.
    const [, refusedUnit] = refusedMetric.exec(metric) ?? [];
    if (refusedUnit !== undefined && label(labelText, "processor") === "memory_limiter") {
      const signal = signalNames.find((one) => signals[one].unit === refusedUnit) ?? "";
      refused[signal] = (refused[signal] ?? 0) + value;
    }
    const exporter = label(labelText, "exporter");
    const [, counter = metric] = exporterMetric.exec(metric) ?? [];
    if (exporter !== undefined) {
      exporters[exporter] = counted(exporters[exporter] ?? none, counter, labelText, value);
    }
  }
  return { uptime, exporters, refused, redirects };
}

function counted(counters: ExporterCounters, counter: string, labels: string, value: number): ExporterCounters {
  switch (counter) {
    case "sent":
      return { ...counters, sent: counters.sent + value };
    case "send_failed": {
      const type = label(labels, "error_type") ?? "Unknown";
      return { ...counters, failed: { ...counters.failed, [type]: (counters.failed[type] ?? 0) + value } };
    }
    case "enqueue_failed":
      return { ...counters, queueRefused: counters.queueRefused + value };
    case "exporter_queue_size":
      return { ...counters, queued: value };
    case "exporter_queue_capacity":
      return { ...counters, capacity: value };
    default:
      return counters;
  }
}

/** Returns the growth between two readings of one pod. A collector that restarted in between counts from zero. */
export function countedSince(before: CollectorCounters | undefined, after: CollectorCounters): CollectorCounters {
  if (before === undefined || after.uptime < before.uptime) return after;
  return {
    uptime: after.uptime,
    exporters: Object.fromEntries(
      Object.entries(after.exporters).map(([id, counters]) => {
        const old = before.exporters[id] ?? none;
        return [
          id,
          {
            sent: counters.sent - old.sent,
            failed: less(counters.failed, old.failed),
            queueRefused: counters.queueRefused - old.queueRefused,
            queued: counters.queued,
            ...(counters.capacity !== undefined && { capacity: counters.capacity }),
          },
        ];
      }),
    ),
    refused: less(after.refused, before.refused),
    redirects: Object.fromEntries(
      Object.entries(after.redirects).map(([server, counts]) => [server, less(counts, before.redirects[server] ?? {})]),
    ),
  };
}

function less(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]));
}
