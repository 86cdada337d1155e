import {
  duration,
  literal,
  nodeName,
  outsideNamespaces,
  signalComponent,
  skippedVerification,
  transform,
  type ComponentChain,
  type Components,
} from "../collector";
import type { NamespaceSelection } from "../schema";
import { withToken, type TokenTargets } from "./bearer-tokens";
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

/** Returns a scraping receiver that serves the state of its targets on a port of the pod's loopback address. */
export function scrapingReceiver(input: string, port: number, jobs: readonly unknown[]): Components {
  return {
    [`prometheus/${input}`]: {
      api_server: { enabled: true, server_config: { endpoint: `127.0.0.1:${port}` } },
      config: { scrape_configs: jobs },
    },
  };
}

export interface ScrapeJob {
  /** Name of the job, which the receiver writes to `service.name` until `scrapedResources` removes it. */
  readonly name: string;
  readonly role: "pod" | "endpointslice";
  readonly relabel: readonly RelabelRule[];
  readonly metricRelabel?: readonly RelabelRule[];
  readonly metricsPath?: string;
  readonly tls?: unknown;
  /** Targets that get a token. Without it, the job sends none. */
  readonly token?: TokenTargets;
}

/** Returns a scrape job whose targets run on this node. */
export function nodeLocalJob(job: ScrapeJob, interval: number, scrape: ScrapeSettings): unknown {
  return {
    job_name: job.name,
    ...jobSettings(interval, scrape),
    ...(job.metricsPath && { metrics_path: job.metricsPath }),
    ...(job.tls !== undefined && { tls_config: job.tls }),
    ...(job.token && withToken(job.token)),
    kubernetes_sd_configs: nodeDiscovery(job.role, job.role === "endpointslice" ? job.token?.namespaces : undefined),
    relabel_configs: job.relabel,
    ...(job.metricRelabel && { metric_relabel_configs: job.metricRelabel }),
  };
}

/**
 * Discovers pods of this node, or endpoints with the metadata of these pods. Only pods of this node are watched. With
 * `namespaces`, endpoints lead to no pod of another namespace: discovery returns the namespace of the EndpointSlice, and
 * without this choice also metadata of a pod elsewhere that the EndpointSlice names.
 */
export const nodeDiscovery = (role: ScrapeJob["role"], namespaces?: readonly string[]): readonly unknown[] => [
  {
    role,
    ...(namespaces && { namespaces: { names: namespaces } }),
    selectors: [{ role: "pod", field: `spec.nodeName=${nodeName}` }],
  },
];

/** Returns the settings that every scrape job has. */
export function jobSettings(
  interval: number,
  { limits: { samples, bodyBytes }, nativeHistograms, honorTimestamps, names }: ScrapeSettings,
): object {
  return {
    scrape_interval: duration(interval),
    // Prometheus' own default, unless the interval is shorter.
    scrape_timeout: duration(Math.min(10, interval)),
    sample_limit: samples,
    body_size_limit: `${bodyBytes}B`,
    ...(honorTimestamps ? {} : { honor_timestamps: false }),
    ...(nativeHistograms && { scrape_native_histograms: true }),
    // With legacy validation instead, a target that keeps its names would lose all of its samples, and relabeling could
    // not set labels with dots.
    ...(names === "legacy" && { metric_name_escaping_scheme: "underscores" }),
    // Many small exporters send no content type.
    fallback_scrape_protocol: "PrometheusText0.0.4",
  };
}

/** Returns the settings by which a job verifies targets with `https`. */
export function targetTls({ ca, serverName, ...verification }: ScrapeSettings["tls"]): unknown {
  return {
    ...skippedVerification(verification),
    ...(ca !== undefined && { ca: literal(ca) }),
    ...(serverName !== undefined && { server_name: literal(serverName) }),
  };
}

/** Removes a namespace that may be that of an EndpointSlice: the look-up sets the pod's own. */
export const forgetNamespace = `delete_key(resource.attributes, "k8s.namespace.name") where resource.attributes["k8s.pod.uid"] != nil`;

/** Jobs of an input, by what discovery does not know for certain about their targets. None by default. */
interface UnsureJobs {
  readonly container?: readonly string[];
  readonly namespace?: readonly string[];
}

/**
 * Removes the name of the job, which the receiver sets as `service.name`, so that the name comes from the pod instead.
 * A name from the target itself stays. Where the container's name may be wrong, it is removed as well. So is a namespace
 * that may be wrong.
 */
export function scrapedResources(input: string, jobs: readonly string[], unsure: UnsureJobs = {}): ComponentChain {
  const { container = [], namespace = [] } = unsure;
  const isOneOf = (names: readonly string[]): string =>
    names.map((job) => `resource.attributes["service.name"] == "${job}"`).join(" or ");
  return [
    {
      id: signalComponent("transform", input, "metrics"),
      config: transform("metrics", [
        {
          statements: [
            ...(container.length === 0
              ? []
              : [`delete_key(resource.attributes, "k8s.container.name") where ${isOneOf(container)}`]),
            ...(namespace.length === 0 ? [] : [`${forgetNamespace} and (${isOneOf(namespace)})`]),
            `delete_key(resource.attributes, "service.name") where ${isOneOf(jobs)}`,
          ],
        },
        { statements: scopeStatements(input) },
      ]),
    },
  ];
}

/** The choices of a pipeline about scraped data. */
interface ScrapeSelection {
  readonly namespaces?: NamespaceSelection;
  readonly diagnosticMetrics?: { readonly enabled: boolean };
}

/** Returns the conditions of scraped data that the pipeline does not want. */
export function selectScraped(
  { selection: { namespaces = {}, diagnosticMetrics: diagnostics } }: Pick<Wanted<ScrapeSelection>, "selection">,
  unwanted: readonly string[] = [],
): string[] {
  const outside = outsideNamespaces(namespaces);
  return [
    ...(outside === undefined ? [] : [outside]),
    ...(diagnostics?.enabled ? [] : diagnosticMetrics.map((name) => `metric.name == "${name}"`)),
    ...unwanted,
  ];
}
