import { nodeName } from "../collector/config";
import { transform } from "../collector/enrichment";
import { pipelineComponent, signalComponent } from "../collector/ids";
import type { CollectionModel, PipelineModel, ScrapeSelection, TargetTls } from "../collector/model";
import { filter, outsideNamespaces } from "../collector/processors";
import type { ComponentChain } from "../collector/config";
import { duration, literal } from "../collector/text";
import type { Input } from "./define-input";
import { scopeStatements } from "./scope";
import type { RelabelRule } from "./relabel";

/** What the scraper says about each target, besides what the target says. */
const diagnosticMetrics = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

/** Where each scraping receiver tells about its targets, on the pod's loopback address only. */
export const targetsPorts = { prometheus: 9390, istio: 9391, "api-server": 9392 } as const;

type ScrapingInput = keyof typeof targetsPorts;

/** An input with one scraping receiver, which tells about its targets. */
export function scrapingInput(
  name: ScrapingInput,
  jobs: readonly unknown[],
): Pick<Input, "name" | "tellsAs" | "receivers" | "extensions"> {
  const receiver = {
    api_server: { enabled: true, server_config: { endpoint: `127.0.0.1:${targetsPorts[name]}` } },
    config: { scrape_configs: jobs },
  };
  return { name, tellsAs: name, receivers: { [`prometheus/${name}`]: receiver }, extensions: {} };
}

export interface ScrapeJob {
  /** Becomes `service.name` of the data for a moment; see `scrapedResources`. */
  readonly name: string;
  readonly role: "pod" | "endpointslice";
  readonly relabel: readonly RelabelRule[];
  readonly metricRelabel?: readonly RelabelRule[];
  readonly metricsPath?: string;
  readonly tls?: unknown;
}

/** A scrape job over what runs on the own node. */
export function nodeLocalJob(job: ScrapeJob, interval: number, limits: CollectionModel["limits"]): unknown {
  return {
    job_name: job.name,
    ...scrapeSettings(interval, limits),
    ...(job.metricsPath && { metrics_path: job.metricsPath }),
    ...(job.tls !== undefined && { tls_config: job.tls }),
    kubernetes_sd_configs: [
      {
        role: job.role,
        // The watch of pods is one of this node's alone.
        selectors: [{ role: "pod", field: `spec.nodeName=${nodeName}` }],
      },
    ],
    relabel_configs: job.relabel,
    ...(job.metricRelabel && { metric_relabel_configs: job.metricRelabel }),
  };
}

export function scrapeSettings(interval: number, { samples, bodyBytes }: CollectionModel["limits"]): object {
  return {
    scrape_interval: duration(interval),
    // Prometheus' own default, unless the interval is shorter.
    scrape_timeout: duration(Math.min(10, interval)),
    sample_limit: samples,
    body_size_limit: `${bodyBytes}B`,
    // Many small exporters send no content type.
    fallback_scrape_protocol: "PrometheusText0.0.4",
  };
}

export function targetTls({ insecureSkipVerify, ca, serverName }: TargetTls): unknown {
  return {
    ...(insecureSkipVerify && { insecure_skip_verify: true }),
    ...(ca !== undefined && { ca: literal(ca) }),
    ...(serverName !== undefined && { server_name: literal(serverName) }),
  };
}

/**
 * The receiver calls every service by the name of its job. That is taken away again, so that the name comes from the
 * pod; a name that the target itself gives stays. In jobs that are `unsure`, the name of the container may be that of
 * another one, so it is taken away, too.
 */
export function scrapedResources(
  input: string,
  jobs: readonly string[],
  unsure: readonly string[] = [],
): ComponentChain {
  const isOneOf = (names: readonly string[]): string =>
    names.map((job) => `resource.attributes["service.name"] == "${job}"`).join(" or ");
  return [
    {
      id: signalComponent("transform", input, "metrics"),
      config: transform("metrics", [
        {
          statements: [
            ...(unsure.length === 0
              ? []
              : [`delete_key(resource.attributes, "k8s.container.name") where ${isOneOf(unsure)}`]),
            `delete_key(resource.attributes, "service.name") where ${isOneOf([...jobs, ...unsure])}`,
          ],
        },
        { statements: scopeStatements(input) },
      ]),
    },
  ];
}

/** What a pipeline does not want of what was scraped. */
export function selectScraped(
  input: string,
  pipeline: PipelineModel,
  { namespaces, diagnosticMetrics: withDiagnostics }: ScrapeSelection,
  unwanted: readonly string[] = [],
): ComponentChain {
  const outside = outsideNamespaces(namespaces);
  const conditions = [
    ...(outside === undefined ? [] : [outside]),
    ...(withDiagnostics ? [] : diagnosticMetrics.map((name) => `metric.name == "${name}"`)),
    ...unwanted,
  ];
  return selection(input, pipeline, conditions);
}

/** A filter that drops what one of the conditions holds for. */
export function selection(input: string, pipeline: PipelineModel, conditions: readonly string[]): ComponentChain {
  return conditions.length === 0
    ? []
    : [
        {
          id: pipelineComponent("filter", `select-${input}`, pipeline),
          config: filter("metrics", [{ conditions }]),
        },
      ];
}
