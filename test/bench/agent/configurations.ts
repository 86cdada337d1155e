import { stringify } from "yaml";
import { agentConfig } from "../../../components/plan/agent-config";
import type { AgentModel } from "../../../components/collector/model";
import { renderYaml } from "../../../components/collector/text";
import { pipelineModels } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
import { agentSizing } from "../../../components/sizing";
import { bareExporter, bareService } from "../support/bare";
import type { Configured } from "../support/testbed";

export interface Wanted {
  /** Namespace of the targets. */
  readonly namespace: string;
  readonly backend: string;
  /** Seconds between two scrapes of a target. */
  readonly interval: number;
  /** Bytes of memory, if not the default. */
  readonly memoryLimit?: number;
}

const compression = "gzip";

/** What this project makes of one pipeline that scrapes annotated pods and has no other settings of its own. */
export function ours({
  namespace,
  backend,
  interval,
  memoryLimit,
}: Wanted): Configured & Pick<AgentModel, "pipelines"> {
  const written = {
    name: "backend",
    input: { otlp: { enabled: false }, prometheus: { enabled: true, namespaces: { include: [namespace] } } },
    output: { otlp: { endpoint: { value: backend }, compression, tls: { insecure: true } } },
  };
  const { pipelines, settings } = parsePipelines(
    { metricPipelines: [written], metric: { collectionInterval: `${interval}s` } },
    { now: new Date() },
  );
  const models = pipelineModels(pipelines);
  const { resources, queueBytes } = agentSizing(
    "node",
    models.length,
    memoryLimit === undefined ? {} : { memoryLimit },
  );
  const config = agentConfig("node", {
    pipelines: models,
    enrichment: { clusterName: "bench", podLabels: [{ keyPrefix: "app.kubernetes.io/" }], service: true },
    logLevel: "info",
    queueBytes,
    collection: {
      intervals: settings.collectionInterval,
      targetTls: settings.scraping.tls,
      kubelet: { insecureSkipVerify: false, ipFamily: "IPv4" },
      limits: settings.scraping.limits,
      mesh: false,
      leaseNamespace: namespace,
    },
  });
  return { configuration: renderYaml(config), memoryLimit: resources.memoryLimit, pipelines: models };
}

/** The least that scrapes the same targets and sends to the same backend in batches of the same size. */
export function bare(targets: readonly string[], { backend, interval }: Wanted, memoryLimit: number): Configured {
  const scrape = {
    job_name: "targets",
    scrape_interval: `${interval}s`,
    scrape_timeout: `${interval}s`,
    static_configs: [{ targets }],
  };
  const configuration = {
    receivers: { prometheus: { config: { scrape_configs: [scrape] } } },
    exporters: { otlp: bareExporter("metrics", backend, compression) },
    ...bareService({ metrics: { receivers: ["prometheus"], exporters: ["otlp"] } }),
  };
  return { configuration: stringify(configuration), memoryLimit };
}
