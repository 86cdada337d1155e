import {
  duration,
  filter,
  literal,
  nodeName,
  outsideNamespaces,
  pipelineComponent,
  signalComponent,
  skippedVerification,
  transform,
  type ComponentChain,
  type Components,
  type PipelineModel,
} from "../collector";
import type { NamespaceSelection } from "../schema";
import type { Wanted } from "./define-input";
import type { RelabelRule } from "./relabel";
import { scopeStatements } from "./scope";
import type { ScrapeSettings } from "./scrape-settings";

/** The scraper's own metrics about each target. */
const diagnosticMetrics = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

/** A receiver that scrapes, and serves the state of its targets on a port of the pod's loopback address. */
export function scrapingReceiver(input: string, port: number, jobs: readonly unknown[]): Components {
  return {
    [`prometheus/${input}`]: {
      api_server: { enabled: true, server_config: { endpoint: `127.0.0.1:${port}` } },
      config: { scrape_configs: jobs },
    },
  };
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
export function nodeLocalJob(job: ScrapeJob, interval: number, limits: ScrapeSettings["limits"]): unknown {
  return {
    job_name: job.name,
    ...jobSettings(interval, limits),
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

/** Settings that every scrape job has. */
export function jobSettings(interval: number, { samples, bodyBytes }: ScrapeSettings["limits"]): object {
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

/** How a job verifies targets with `https`. */
export function targetTls({ ca, serverName, ...verification }: ScrapeSettings["tls"]): unknown {
  return {
    ...skippedVerification(verification),
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

/** Data that a scraping input drops for a pipeline. */
interface ScrapeSelection {
  readonly namespaces?: NamespaceSelection;
  readonly diagnosticMetrics?: { readonly enabled: boolean };
}

/** The filter that drops scraped data which the pipeline does not want. */
export function selectScraped(
  input: string,
  { pipeline, selection: { namespaces = {}, diagnosticMetrics: diagnostics } }: Wanted<ScrapeSelection>,
  unwanted: readonly string[] = [],
): ComponentChain {
  const outside = outsideNamespaces(namespaces);
  const conditions = [
    ...(outside === undefined ? [] : [outside]),
    ...(diagnostics?.enabled ? [] : diagnosticMetrics.map((name) => `metric.name == "${name}"`)),
    ...unwanted,
  ];
  return selectionFilter(input, pipeline, conditions);
}

/** A filter that drops each item for which one of the conditions holds. */
export function selectionFilter(input: string, pipeline: PipelineModel, conditions: readonly string[]): ComponentChain {
  return conditions.length === 0
    ? []
    : [
        {
          id: pipelineComponent("filter", `select-${input}`, pipeline),
          config: filter("metrics", [{ conditions }]),
        },
      ];
}
