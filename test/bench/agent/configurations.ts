import { stringify } from "yaml";
import { pipelineModels, planCollectors, type CollectorPlan } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";
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

/** Returns this project's configuration for one pipeline that scrapes annotated pods and has no other settings. */
export function ours({
  namespace,
  backend,
  interval,
  memoryLimit,
}: Wanted): Configured & Pick<CollectorPlan, "rights"> {
  const { pipelines, settings } = parsePipelines(
    {
      metricPipelines: [
        {
          name: "backend",
          input: { otlp: { enabled: false }, prometheus: { enabled: true, namespaces: { include: [namespace] } } },
          output: { otlp: { endpoint: { value: backend }, compression, tls: { insecure: true } } },
        },
      ],
      metric: { collectionInterval: `${interval}s` },
      enrichments: { cluster: { name: "bench" }, extractPodLabels: [{ keyPrefix: "app.kubernetes.io/" }] },
      ...(memoryLimit !== undefined && { agent: { resources: { limits: { memory: String(memoryLimit) } } } }),
    },
    { now: new Date() },
  );
  const [plan] = planCollectors(pipelineModels(pipelines), settings, { mesh: false, namespace });
  if (plan === undefined) throw new Error("there is nothing to collect");
  return { configuration: plan.configuration, memoryLimit: plan.resources.memoryLimit, rights: plan.rights };
}

/** Returns the smallest configuration that scrapes the same targets and sends batches of the same size to the same backend. */
export function bare(targets: readonly string[], { backend, interval }: Wanted, memoryLimit: number): Configured {
  const scrape = {
    job_name: "targets",
    scrape_interval: `${interval}s`,
    scrape_timeout: `${interval}s`,
    static_configs: [{ targets }],
  };
  const configuration = {
    receivers: { prometheus: { config: { scrape_configs: [scrape] } } },
    exporters: { otlp: bareExporter(backend, compression) },
    ...bareService({ metrics: { receivers: ["prometheus"], exporters: ["otlp"] } }),
  };
  return { configuration: stringify(configuration), memoryLimit };
}
