import { duration } from "../collector";
import type { ScrapeSettings } from "../inputs";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorEndpoint, MonitorSpec } from "./monitor-object";
import { prometheusBytes, prometheusSeconds, quantity, scrapeProtocols } from "./prometheus-values";

/** Settings of the stack that decide about the jobs of monitors. */
export interface MonitorSettings {
  readonly scrape: ScrapeSettings;
  /** Seconds between two scrapes, if a monitor does not set them. */
  readonly interval: number;
  /** Shortest interval in seconds. */
  readonly minimumInterval: number;
}

interface ReadFields {
  readonly config: Readonly<Record<string, unknown>>;
  readonly faults: readonly MonitorFault[];
}

export interface ScrapeTimes {
  readonly interval: number;
  readonly timeout: number;
  readonly faults: readonly MonitorFault[];
}

/** Seconds after which Prometheus gives up on a target, unless the interval is shorter. */
const usualTimeout = 10;

/** Returns the interval and the timeout of an endpoint in seconds. */
export function scrapeTimes(
  { interval = "", scrapeTimeout = "" }: MonitorEndpoint,
  place: string,
  settings: MonitorSettings,
): ScrapeTimes {
  const [asked, timeout] = [interval, scrapeTimeout].map((text) => (text === "" ? 0 : prometheusSeconds(text)));
  const wrong = { interval: asked, scrapeTimeout: timeout };
  const unreadable = Object.entries(wrong)
    .filter(([, value]) => value === undefined)
    .map(([name]) => fault(`${place}.${name}`, "monitor", "is not a duration", "Write one such as 30s or 1m30s"));
  const wanted = asked || settings.interval;
  const raised = Math.max(wanted, settings.minimumInterval);
  const faults = [
    ...unreadable,
    ...((timeout ?? 0) > wanted
      ? [
          fault(
            `${place}.scrapeTimeout`,
            "monitor",
            "is longer than the interval",
            "Shorten it, or set a longer interval",
          ),
        ]
      : []),
    ...(asked && raised > asked
      ? [
          fault(
            `${place}.interval`,
            "field",
            `is shorter than ${duration(settings.minimumInterval)}, so targets are scraped every ${duration(settings.minimumInterval)}`,
            "Set metric.prometheusOperator.minimumInterval to allow it",
          ),
        ]
      : []),
  ];
  return { interval: raised, timeout: timeout || Math.min(usualTimeout, raised), faults };
}

/** Returns the settings of the spec that all of its endpoints have. */
export function specFields(spec: MonitorSpec, { scrape }: MonitorSettings): ReadFields {
  const faults: MonitorFault[] = [...limitFaults(spec, scrape), ...formatFaults(spec), ...unsupported(spec)];
  const bodyBytes = spec.bodySizeLimit ? prometheusBytes(spec.bodySizeLimit) : undefined;
  const factor = quantity(spec.nativeHistogramMinBucketFactor ?? 0);
  const config = {
    sample_limit: lower(spec.sampleLimit, scrape.limits.samples),
    body_size_limit: `${lower(bodyBytes, scrape.limits.bodyBytes)}B`,
    ...positive({
      target_limit: spec.targetLimit,
      label_limit: spec.labelLimit,
      label_name_length_limit: spec.labelNameLengthLimit,
      label_value_length_limit: spec.labelValueLengthLimit,
      keep_dropped_targets: spec.keepDroppedTargets && Math.min(spec.keepDroppedTargets, mostDroppedTargets),
      native_histogram_bucket_limit: spec.nativeHistogramBucketLimit,
      native_histogram_min_bucket_factor: factor,
    }),
    ...given({
      scrape_native_histograms: spec.scrapeNativeHistograms,
      always_scrape_classic_histograms: spec.scrapeClassicHistograms,
      convert_classic_histograms_to_nhcb: spec.convertClassicHistogramsToNHCB,
      extra_scrape_metrics: spec.extraScrapeMetrics,
      fallback_scrape_protocol: spec.fallbackScrapeProtocol || undefined,
      scrape_protocols: spec.scrapeProtocols?.length ? spec.scrapeProtocols : undefined,
    }),
  };
  return { config, faults };
}

/**
 * Most dropped targets that an agent keeps for a job. All jobs share the discovery of the cluster, so each job drops nearly
 * all targets, and a hundred jobs would keep them a hundred times.
 */
const mostDroppedTargets = 100;

/** Prometheus reads zero as no limit. */
export const lower = (own: number | undefined, most: number): number => (own ? Math.min(own, most) : most);
const positive = (fields: Readonly<Record<string, number | undefined>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value > 0));
const given = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const limits = [
  "sampleLimit",
  "targetLimit",
  "labelLimit",
  "labelNameLengthLimit",
  "labelValueLengthLimit",
  "keepDroppedTargets",
  "nativeHistogramBucketLimit",
] as const;

function limitFaults(spec: MonitorSpec, { limits: { samples, bodyBytes } }: ScrapeSettings): MonitorFault[] {
  const own = spec.bodySizeLimit ? prometheusBytes(spec.bodySizeLimit) : 0;
  const above = (field: string, setting: string): MonitorFault =>
    fault(field, "field", `is higher than ${setting} of this stack, which applies`, `Raise ${setting}`);
  return [
    ...limits
      .filter((name) => (spec[name] ?? 0) < 0)
      .map((name) => fault(name, "monitor", "is below zero", "Write zero or more")),
    ...((spec.keepDroppedTargets ?? 0) > mostDroppedTargets
      ? [
          fault(
            "keepDroppedTargets",
            "field",
            `is higher than ${mostDroppedTargets}, which applies, because each job drops nearly all targets of the cluster`,
            `Write at most ${mostDroppedTargets}`,
          ),
        ]
      : []),
    ...((spec.sampleLimit ?? 0) > samples ? [above("sampleLimit", "metric.prometheus.limits.samples")] : []),
    ...(own === undefined ? [fault("bodySizeLimit", "monitor", "is not a size", "Write one such as 10MB")] : []),
    ...((own ?? 0) > bodyBytes ? [above("bodySizeLimit", "metric.prometheus.limits.bodySize")] : []),
  ];
}

function formatFaults({
  scrapeProtocols: wanted = [],
  fallbackScrapeProtocol: fallback,
  nativeHistogramMinBucketFactor: factor = 0,
}: MonitorSpec): MonitorFault[] {
  const write = `Write one of ${scrapeProtocols.join(", ")}`;
  return [
    ...(wanted.every((one) => scrapeProtocols.includes(one))
      ? []
      : [fault("scrapeProtocols", "monitor", "has an unknown protocol", write)]),
    ...(new Set(wanted).size < wanted.length
      ? [fault("scrapeProtocols", "monitor", "has a protocol twice", "Keep each once")]
      : []),
    ...(!fallback || scrapeProtocols.includes(fallback)
      ? []
      : [fault("fallbackScrapeProtocol", "monitor", "is an unknown protocol", write)]),
    ...(quantity(factor) !== undefined
      ? []
      : [fault("nativeHistogramMinBucketFactor", "monitor", "is not a number from zero", "Write one such as 1.1")]),
  ];
}

function unsupported({ attachMetadata, scrapeClass, serviceDiscoveryRole = "" }: MonitorSpec): MonitorFault[] {
  return [
    ...(attachMetadata?.node
      ? [
          fault(
            "attachMetadata.node",
            "field",
            "is not applied, because each agent would watch all nodes",
            "Use the attributes k8s.node.name and k8s.node.uid, which all data has",
          ),
        ]
      : []),
    ...(scrapeClass
      ? [
          fault(
            "scrapeClass",
            "monitor",
            "names a class of a Prometheus object, which this program does not read",
            "Write the settings of the class into the monitor",
          ),
        ]
      : []),
    ...(["", "Endpoints", "EndpointSlice"].includes(serviceDiscoveryRole)
      ? []
      : [fault("serviceDiscoveryRole", "monitor", "is unknown", "Write Endpoints or EndpointSlice")]),
  ];
}
