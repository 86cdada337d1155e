import { stringify } from "yaml";
import { podIp, ports } from "../../../components/collector/config";
import { gatewayPipelines, renderGatewayConfig } from "../../../components/collector/gateway";
import { collectorModels } from "../../../components/models";
import { parsePipelines } from "../../../components/pipelines";
import { gatewayGcPercent, gatewayQueueBytes, gatewayResources } from "../../../components/sizing";
import type { Signal } from "../../e2e/support/backends";
import { bareExporter, bareService } from "../support/bare";
import type { Configured } from "../support/testbed";
import type { Compression } from "./options";

const listName = { metrics: "metricPipelines", traces: "tracePipelines", logs: "logPipelines" } as const;

/** What a pipeline gets that sets no compression, by where its backend is. */
export const defaultCompressions = {
  "in the cluster": compressionOf("http://backend.monitoring:4317"),
  outside: compressionOf("https://backend.example.com:4317"),
};

function compressionOf(endpoint: string): Compression | undefined {
  const written = { tracePipelines: [{ name: "a", output: { otlp: { endpoint: { value: endpoint } } } }] };
  return parsePipelines(written, { now: new Date() }).pipelines.trace[0]?.output.otlp.compression;
}

/** What this project makes of pipelines, one for each address, with all enrichment and these settings of their own. */
export function ours(
  signal: Signal,
  addresses: readonly string[],
  compression: Compression,
  settings: object = {},
): Configured {
  const written = addresses.map((address, i) => ({
    ...settings,
    name: `pipeline-${i}`,
    output: { otlp: { endpoint: { value: address }, compression, tls: { insecure: true } } },
  }));
  const { pipelines } = parsePipelines({ [listName[signal]]: written }, { now: new Date() });
  const served = gatewayPipelines(collectorModels(pipelines));
  const resources = gatewayResources(served.length);
  const configuration = renderGatewayConfig({
    pipelines: served,
    enrichment: { clusterName: "bench", podLabels: [{ keyPrefix: "app.kubernetes.io/" }], service: true },
    logLevel: "info",
    queueBytes: gatewayQueueBytes(resources, served.length),
  });
  return { configuration, memoryLimit: resources.memoryLimit, gcPercent: gatewayGcPercent };
}

/** The least that can be between the same two ends: what comes in goes out in batches of the same size. */
export function bare(signal: Signal, addresses: readonly string[], compression: Compression): Configured {
  const exporters = Object.fromEntries(
    addresses.map((endpoint, i) => [`otlp/${i}`, bareExporter(signal, endpoint, compression)]),
  );
  const configuration = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `${podIp}:${ports.otlpGrpc}` } } } },
    exporters,
    ...bareService({ [signal]: { receivers: ["otlp"], exporters: Object.keys(exporters) } }),
  };
  return { configuration: stringify(configuration), memoryLimit: gatewayResources(addresses.length).memoryLimit };
}
