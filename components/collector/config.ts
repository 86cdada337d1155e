import { ports } from "../contract";

/** One component of a collector configuration, by its id. */
export type Components = Readonly<Record<string, unknown>>;

export interface ServicePipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** A whole collector configuration, as it is written to its file. */
export interface CollectorConfig {
  readonly receivers: Components;
  readonly processors: Components;
  readonly exporters: Components;
  readonly connectors: Components;
  readonly extensions: Components;
  readonly service: {
    readonly extensions: readonly string[];
    readonly telemetry: unknown;
    readonly pipelines: Readonly<Record<string, ServicePipeline>>;
  };
}

/** Components in the order in which data passes them. */
export type ComponentChain = readonly { readonly id: string; readonly config: unknown }[];

/** Names of the environment variables that the pods set for the configuration. */
export const podVariables = {
  ip: "MY_POD_IP",
  node: "MY_NODE_NAME",
  hostIp: "MY_HOST_IP",
  hostIps: "MY_HOST_IPS",
  clusterUid: "MY_CLUSTER_UID",
} as const;

export const podIp = `\${env:${podVariables.ip}}`;
export const nodeName = `\${env:${podVariables.node}}`;
export const hostIp = `\${env:${podVariables.hostIp}}`;
/** All addresses of the node, separated by commas. */
export const hostIps = `\${env:${podVariables.hostIps}}`;
/** The cluster's uid; empty if the program could not read it. */
export const clusterUid = `\${env:${podVariables.clusterUid}}`;

/** All addresses of the pod. The collector listens there for IPv6, too. */
export const anyAddress = "0.0.0.0";

/** Returns the pod's address with a port, to listen on. IPv6 needs the brackets, IPv4 may have them. */
export const podAddress = (port: number): string => `[${podIp}]:${port}`;

/**
 * Metrics that nobody reads, dropped because each request costs time for them: every pipeline would walk all data once
 * more for the sizes of batches, and measure each call in and out. The level cannot be lower instead: only `detailed`
 * has the kinds of export errors.
 */
const unreadMetrics = [
  { meter_name: "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc" },
  { instrument_name: "http.client.request.body.size" },
  { instrument_name: "http.server.*.size" },
  { instrument_name: "otelcol_processor_internal_duration" },
  { instrument_name: "otelcol_processor_batch_batch_send_size_bytes" },
  { instrument_name: "otelcol_exporter_queue_batch_send_size*" },
  { instrument_name: "otelcol_exporter_enqueue_size*" },
];

const counted = { explicit_bucket_histogram: { boundaries: [], record_min_max: false } };

/** Attributes with a backend's address, which can be secret. Collectors from 0.151 on add them to their exporters' counters. */
const addressAttributes = ["server.address", "server.port", "url.path"];

/** Metrics with fewer series than the collector would give them. Without buckets, a histogram only counts. */
const smallMetrics = (namesServers: boolean): readonly unknown[] => [
  ...["otelcol_exporter_sent_*", "otelcol_exporter_send_failed_*"].map((name) => ({
    selector: { instrument_name: name },
    stream: { attribute_keys: { excluded: addressAttributes } },
  })),
  {
    // The number of answers by server and status. Only this metric shows a redirect, which exporters follow without a
    // log line.
    selector: { instrument_name: "http.client.request.duration" },
    stream: {
      attribute_keys: {
        included: ["http.response.status_code", ...(namesServers ? ["server.address", "server.port"] : [])],
      },
      aggregation: counted,
    },
  },
  {
    // Only this metric shows gRPC on the port for HTTP.
    selector: { instrument_name: "http.server.request.duration" },
    stream: {
      attribute_keys: { included: ["http.response.status_code", "network.protocol.version"] },
      aggregation: counted,
    },
  },
  {
    // The full set of attributes has the address or uid of every pod.
    selector: { instrument_name: "otelcol.k8s.pod.association" },
    stream: { attribute_keys: { included: ["status", "otelcol.signal"] } },
  },
];

/**
 * Returns the parts that all our collectors share: health endpoint, metrics about itself, JSON logs. `namesServers` states
 * whether these metrics may have the addresses of backends over HTTP.
 */
export function commonService(
  logLevel: string,
  namesServers: boolean,
): {
  extensions: Components;
  telemetry: unknown;
} {
  return {
    extensions: { health_check: { endpoint: podAddress(ports.health) } },
    telemetry: {
      metrics: {
        level: "detailed",
        views: [
          ...unreadMetrics.map((selector) => ({ selector, stream: { aggregation: { drop: {} } } })),
          ...smallMetrics(namesServers),
        ],
        readers: [{ pull: { exporter: { prometheus: selfMetricsEndpoint } } }],
      },
      // Otherwise, the collector would make spans about itself for each request, and send them nowhere.
      traces: { level: "none" },
      logs: {
        level: logLevel,
        encoding: "json",
        // All exporters log the same messages. By default, dropping begins after ten equal messages in ten seconds: the
        // failures of a few pipelines would hide those of the others.
        sampling: { enabled: true, tick: "10s", initial: 500, thereafter: 100 },
      },
    },
  };
}

/**
 * Rejects data, with an error that senders retry, before the kernel ends the process. The limit is 80 % of the
 * container's memory. While more than 80 - 20 = 60 % is used, data is rejected until a garbage collection frees enough.
 */
export const memoryLimiter = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

export function merge(parts: readonly Components[]): Components {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

export function components(chain: ComponentChain): Components {
  return Object.fromEntries(chain.map(({ id, config }) => [id, config]));
}

/**
 * Where the collector's own metrics are read. Monitoring reads them at the pod's address, and a port-forward at the loopback
 * address, past all policies. With a reader for each address, the collector would count everything twice.
 */
const selfMetricsEndpoint = {
  host: anyAddress,
  port: ports.selfMetrics,
  without_scope_info: true,
  without_type_suffix: true,
  without_units: true,
};
