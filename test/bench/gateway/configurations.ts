import { parse, stringify } from "yaml";
import { podIp } from "../../../components/collector";
import { ports } from "../../../components/contract";
import { gatewayPipelines, renderGatewayConfig } from "../../../components/plan/gateway-config";
import { pipelineModels } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { gatewayGcPercent, gatewayQueueBytes, gatewayResources, queuesOf } from "../../../components/sizing";
import type { Signal } from "../../e2e/support/backends";
import { bareExporter, bareService } from "../support/bare";
import type { Configured } from "../support/testbed";
import type { Way } from "./options";

const listName = { metrics: "metricPipelines", traces: "tracePipelines", logs: "logPipelines" } as const;

/** Returns this project's configuration for pipelines, one for each address, with all enrichment and these settings. */
export function ours(
  signal: Signal,
  addresses: readonly string[],
  { protocol, compression }: Way,
  settings: object = {},
): Configured {
  const written = addresses.map((address, i) => ({
    ...settings,
    name: `pipeline-${i}`,
    output: { otlp: { protocol, endpoint: { value: address }, compression, tls: { insecure: true } } },
  }));
  const { pipelines } = parsePipelines({ [listName[signal]]: written }, { now: new Date() });
  const served = gatewayPipelines(pipelineModels(pipelines));
  const queues = queuesOf(served);
  const resources = gatewayResources(queues);
  const configuration = renderGatewayConfig({
    pipelines: served,
    enrichment: { clusterName: "bench", podLabels: [{ keyPrefix: "app.kubernetes.io/" }], service: true },
    logLevel: "info",
    queueBytes: gatewayQueueBytes(resources, queues),
  });
  return { configuration, memoryLimit: resources.memoryLimit, gcPercent: gatewayGcPercent };
}

/** Settings of the exporters' queues. */
interface Queue {
  sizer: string;
  queue_size: number;
  batch: object;
}

interface Changeable {
  readonly exporters: Record<string, { sending_queue: Queue; compression_params?: object }>;
  readonly service: {
    readonly telemetry: { readonly metrics: Record<string, unknown> };
    readonly pipelines: Record<string, { processors: string[] }>;
  };
}

const changed =
  (change: (configuration: Changeable) => void): Change =>
  (configured) => {
    const configuration = parse(configured.configuration) as Changeable;
    change(configuration);
    return { ...configured, configuration: stringify(configuration) };
  };

const changedQueue = (queue: Partial<Queue>): Change =>
  changed(({ exporters }) => {
    for (const exporter of Object.values(exporters)) exporter.sending_queue = { ...exporter.sending_queue, ...queue };
  });

/** Leaves processors of these types out of all pipelines. */
const without = (...types: readonly string[]): Change =>
  changed(({ service }) => {
    for (const pipeline of Object.values(service.pipelines)) {
      pipeline.processors = pipeline.processors.filter((id) => !types.some((type) => id.startsWith(type)));
    }
  });

const batchesOf = (sizer: string, size: number) => ({
  batch: { sizer, min_size: size, max_size: size, flush_timeout: "1s" },
});

export type Change = (configured: Configured) => Configured;

/** Other configurations for one pipeline, by their difference from ours. */
export const alternatives = (way: Way): Readonly<Record<string, Change>> => ({
  ...everywhere,
  ...(way.protocol === "http" && way.compression === "gzip" && { "gzip at its fastest level": fastestGzip }),
});

const everywhere: Readonly<Record<string, Change>> = {
  "garbage collected as Go does by default": (configured) => ({ ...configured, gcPercent: 100 }),
  "no look-up of pods": without("k8s_attributes"),
  "no statements of enrichment": without("transform"),
  neither: without("k8s_attributes", "transform"),
  "neither, and no memory limiter": without("k8s_attributes", "transform", "memory_limiter"),
  "queues that count items": changedQueue({ sizer: "items", queue_size: 100_000 }),
  "queues that count requests": changedQueue({ sizer: "requests", queue_size: 1000 }),
  "batches of 8192 items": changedQueue(batchesOf("items", 8192)),
  "batches of 2048 items": changedQueue(batchesOf("items", 2048)),
  "metrics about itself for two readers": changed(({ service }) => {
    const hourly = { periodic: { interval: 3_600_000, exporter: { console: {} } } };
    service.telemetry.metrics["readers"] = [...(service.telemetry.metrics["readers"] as object[]), hourly];
  }),
  "metrics about itself on the level normal": changed(({ service }) => {
    service.telemetry.metrics["level"] = "normal";
    // Only the level `detailed` allows to leave out unused metrics.
    delete service.telemetry.metrics["views"];
  }),
};

/** The exporter over gRPC has one level only. */
const fastestGzip = changed(({ exporters }) => {
  for (const exporter of Object.values(exporters)) exporter.compression_params = { level: 1 };
});

/** Returns the smallest configuration between the same two ends: it sends all data on in batches of the same size. */
export function bare(
  signal: Signal,
  addresses: readonly string[],
  { protocol, compression }: Way,
  gcPercent: number,
): Configured {
  const exporters = Object.fromEntries(
    addresses.map((endpoint, i) => [`otlp_${protocol}/${i}`, bareExporter(endpoint, compression)]),
  );
  const configuration = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `${podIp}:${ports.otlpGrpc}` } } } },
    exporters,
    ...bareService({ [signal]: { receivers: ["otlp"], exporters: Object.keys(exporters) } }),
  };
  const { memoryLimit } = gatewayResources({ even: addresses.length, own: [] });
  return { configuration: stringify(configuration), memoryLimit, gcPercent };
}
