import { signalNames, signals, type Signal, type CollectorKind } from "../contract";
import { selfMetrics, type SelfMetric } from "./self-metrics";

/** Counters of one collector about its data, since the start of its process. */
export interface DataCounters {
  /** Seconds since the start. */
  readonly uptime: number;
  /** Items that applications pushed. */
  readonly pushed: Readonly<Partial<Record<Signal, number>>>;
  /** Container logs that the log agent has read; missing for other collectors. */
  readonly containerLogs?: ContainerLogCounters;
  /** Resources for which a pod was looked up. A request has one or more resources, each with items of one sender. */
  readonly lookUps: Readonly<Partial<Record<Signal, LookUps>>>;
  /** Items in and out of a processor, by its id. */
  readonly processors: Readonly<Record<string, Passed>>;
  /** Requests with gRPC on the port for HTTP. */
  readonly grpcOnHttp: number;
  /** HTTP requests for a path that is not there: a wrong one, or that of a signal that no pipeline accepts. */
  readonly unknownPath: number;
}

interface ContainerLogCounters {
  /** Records by id of the receiver, which is one for each pipeline. */
  readonly records: Readonly<Record<string, number>>;
  /** Files that are open now, of all receivers. */
  readonly openFiles: number;
}

export interface LookUps {
  readonly found: number;
  readonly unknown: number;
}

export interface Passed {
  readonly incoming: number;
  readonly outgoing: number;
}

/** The data of one pod. */
export interface PodData extends DataCounters {
  /** Name of the pod's collector. */
  readonly collector: string;
  readonly kind: CollectorKind;
  readonly node?: string;
  /** The part of `lookUps` that was counted during the check, from its first reading to its last one. */
  readonly recentLookUps: DataCounters["lookUps"];
  /** Lines of the log about statements and conditions that failed during the check, by id of their processor. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Returns the items in and out of a processor, over all pods. */
export function passedThrough(processor: string, pods: readonly Pick<PodData, "processors">[]): Passed {
  return pods
    .map(({ processors }) => processors[processor] ?? { incoming: 0, outgoing: 0 })
    .reduce((a, b) => add(a, b.incoming, b.outgoing), { incoming: 0, outgoing: 0 });
}

/** The receiver to which applications push; canaries have another one. */
const pushReceiver = "otlp";

/** Reads what a collector's own metrics report about its data. */
export function readData(text: string): DataCounters {
  const all = selfMetrics(text);
  const sum = (name: string, matches: (metric: SelfMetric) => boolean = () => true): number =>
    all.filter((metric) => metric.name === name && matches(metric)).reduce((total, { value }) => total + value, 0);
  const bySignal = <T>(read: (signal: Signal) => T | undefined): Partial<Record<Signal, T>> =>
    Object.fromEntries(
      signalNames.flatMap((signal) => {
        const value = read(signal);
        return value === undefined ? [] : [[signal, value]];
      }),
    );
  const httpRequests = (matches: (metric: SelfMetric) => boolean): number =>
    sum("http_server_request_duration_count", matches);
  const openFiles = all.find(({ name }) => name === "otelcol_fileconsumer_open_files")?.value;
  return {
    uptime: sum("otelcol_process_uptime"),
    ...(openFiles !== undefined && { containerLogs: { openFiles, records: acceptedLogs(all) } }),
    pushed: bySignal((signal) => {
      const items = sum(
        `otelcol_receiver_accepted_${signals[signal].unit}`,
        ({ label }) => label("receiver") === pushReceiver,
      );
      return items === 0 ? undefined : items;
    }),
    lookUps: bySignal((signal) => {
      const lookUps = (status: string): number =>
        sum(
          "otelcol_k8s_pod_association",
          ({ label }) => label("otelcol_signal") === signal && label("status") === status,
        );
      const [found, unknown] = [lookUps("success"), lookUps("error")];
      return found + unknown === 0 ? undefined : { found, unknown };
    }),
    processors: processorsOf(all),
    grpcOnHttp: httpRequests(({ label }) => label("network_protocol_version") === "2.0" && isRefused(label)),
    unknownPath: httpRequests(
      ({ label }) => label("network_protocol_version") !== "2.0" && label("http_response_status_code") === "404",
    ),
  };
}

/** Returns the look-ups between two readings of one pod. A collector that restarted in between counts from zero. */
export function lookUpsSince(before: DataCounters, after: DataCounters): DataCounters["lookUps"] {
  if (after.uptime < before.uptime) return after.lookUps;
  return Object.fromEntries(
    Object.entries(after.lookUps).map(([signal, { found, unknown }]) => {
      const old = before.lookUps[signal as Signal] ?? { found: 0, unknown: 0 };
      return [signal, { found: found - old.found, unknown: unknown - old.unknown }];
    }),
  );
}

function acceptedLogs(all: readonly SelfMetric[]): Record<string, number> {
  return Object.fromEntries(
    all.flatMap(({ name, label, value }) => {
      const receiver = label("receiver");
      return name === `otelcol_receiver_accepted_${signals.logs.unit}` && receiver !== undefined
        ? [[receiver, value]]
        : [];
    }),
  );
}

const isRefused = (label: SelfMetric["label"]): boolean => (label("http_response_status_code") ?? "").startsWith("4");

function processorsOf(all: readonly SelfMetric[]): Record<string, Passed> {
  const processors: Record<string, Passed> = {};
  for (const { name, label, value } of all) {
    const id = label("processor");
    const [, way] = /^otelcol_processor_(incoming|outgoing)_items$/.exec(name) ?? [];
    if (id === undefined || way === undefined) continue;
    const before = processors[id] ?? { incoming: 0, outgoing: 0 };
    processors[id] = way === "incoming" ? add(before, value, 0) : add(before, 0, value);
  }
  return processors;
}

const add = ({ incoming, outgoing }: Passed, more: number, left: number): Passed => ({
  incoming: incoming + more,
  outgoing: outgoing + left,
});

/** The collector's messages about a statement or a condition that failed on an item. */
const failedMessages = ["failed to execute statement", "failed to eval condition"];

/** A line of the log about an item on which a statement or a condition failed. */
export interface FailedLine {
  /** Id of the processor. */
  readonly processor: string;
  /** Time of the line, by RFC 3339. */
  readonly at: string;
}

/** Reads the lines about statements and conditions that failed. The error in such a line can contain data. */
export function readFailedLines(log: string): FailedLine[] {
  return log.split("\n").flatMap((text) => {
    if (!failedMessages.some((message) => text.includes(`"${message}"`))) return [];
    const [processor, at] = ["otelcol.component.id", "ts"].map(
      (key) => new RegExp(`"${key}":"([^"]*)"`).exec(text)?.[1],
    );
    return processor === undefined || at === undefined ? [] : [{ processor, at }];
  });
}
