import { duration } from "../collector";
import {
  dropMoved,
  jobSettings,
  knownFromKubernetes,
  nodeDiscovery,
  type MonitorTarget,
  type RelabelRule,
  jobName,
} from "../inputs";
import { labelExpressionFault } from "../schema";
import { clearCredentialFaults } from "./clear-credentials";
import { costLimits } from "./costly-rules";
import { legacyEndpointRules, unknownLabelFaults } from "./discovery-labels";
import { goRegexFault } from "./go-regex";
import { httpSettings } from "./http-settings";
import { elsewhereFaults, guarded, mayAnswerElsewhere } from "./held-targets";
import { labelLimit, mayBeLong } from "./long-texts";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorFile } from "./monitor-files";
import { monitorKinds } from "../contract";
import type { MonitorEndpoint, MonitorObject, MonitorSpec } from "./monitor-object";
import { mayDrop, metricRelabelRules, relabelingFaults, targetRelabelRules } from "./monitor-relabeling";
import { readSpec } from "./monitor-schema";
import { ruleGrowthFaults } from "./rule-growth";
import { nameRuleFaults, ruleCountFaults, ruleSizeFaults } from "./rule-sizes";
import { textFaults } from "./scraper-texts";
import { scrapeTimes, specFields, type MonitorSettings } from "./scrape-fields";
import { hasOnlyOwnTargets, targetNamespaces, targetRules } from "./target-rules";

/** The scrape job of an endpoint. */
export interface EndpointJob {
  /** Seconds between two scrapes. */
  readonly interval: number;
  readonly config: { readonly job_name: string };
  readonly target: MonitorTarget;
  /** Place of the endpoint in the monitor's spec. */
  readonly place: string;
  /** The files that the job reads. */
  readonly files: readonly MonitorFile[];
}

/** The scrape jobs and the faults of a monitor. A fault never stops other monitors. */
export interface TranslatedMonitor {
  readonly monitor: MonitorObject;
  readonly jobs: readonly EndpointJob[];
  readonly faults: readonly MonitorFault[];
}

/** Translates a monitor to the scrape jobs of an agent, which scrapes the targets on its node. */
export function translateMonitor(monitor: MonitorObject, settings: MonitorSettings): TranslatedMonitor {
  const { spec, faults: unread } = readSpec(monitor.kind, monitor.spec);
  if (spec === undefined) return { monitor, jobs: [], faults: unread };
  const { endpoints: list } = monitorKinds[monitor.kind];
  const written = spec[list] ?? [];
  const tooMany = ruleCountFaults(list, written);
  if (tooMany.length > 0) return { monitor, jobs: [], faults: [...unread, ...tooMany] };
  const endpoints: TranslatedEndpoint[] = [];
  let length = 0;
  for (const [i, endpoint] of written.entries()) {
    const translated = translateEndpoint(monitor, spec, endpoint, { place: `${list}[${i}]`, index: i }, settings);
    endpoints.push(translated);
    length += JSON.stringify(translated.job?.config ?? null).length;
    if (length > mostLength) return { monitor, jobs: [], faults: [...unread, tooLong] };
  }
  const common = Object.fromEntries(Object.entries(spec).filter(([key]) => key !== list));
  const faults = [
    ...unread,
    ...textFaults(common, "", "monitor"),
    ...selectionFaults(monitor, spec),
    ...specFields(spec, settings).faults,
    ...(endpoints.length === 0 ? [fault(list, "monitor", "is empty", "Add an endpoint")] : []),
    ...endpoints.flatMap((one) => one.faults),
    ...ruleSizeFaults(list, spec[list] ?? []),
  ];
  // As with the operator, one wrong endpoint rejects the whole monitor.
  const isRejected = faults.some(({ effect }) => effect === "monitor");
  return { monitor, jobs: isRejected ? [] : endpoints.flatMap(({ job }) => job ?? []), faults };
}

/**
 * Characters of a monitor's jobs. A label in `podTargetLabels` takes eight bytes of a monitor and 150 of each of its hundred
 * jobs, so one monitor could become a gigabyte, which no update can hold. A hundred jobs with 140 rules each have 2,000,000.
 */
const mostLength = 4_000_000;

const tooLong = fault(
  "",
  "monitor",
  `has jobs of more than ${mostLength} characters together`,
  "Write fewer endpoints, rules, targetLabels and podTargetLabels",
);

interface TranslatedEndpoint {
  /** Missing for an endpoint that must not be scraped. */
  readonly job?: EndpointJob;
  readonly faults: readonly MonitorFault[];
}

function translateEndpoint(
  monitor: MonitorObject,
  spec: MonitorSpec,
  endpoint: MonitorEndpoint,
  { place, index }: { readonly place: string; readonly index: number },
  settings: MonitorSettings,
): TranslatedEndpoint {
  const { relabelings = [], metricRelabelings = [] } = endpoint;
  const isOwn = hasOnlyOwnTargets(monitor, spec);
  const http = httpSettings(monitor, endpoint, place);
  const times = scrapeTimes(endpoint, place, settings);
  const isLong = mayBeLong(endpoint);
  const longTexts = isLong ? labelLimit(spec, place) : { config: {}, faults: [] };
  const unreadable = textFaults(endpoint, place, "endpoint");
  // All other checks assume texts that the scraper can read.
  if (unreadable.length > 0) return { faults: unreadable };
  const faults = [
    ...portFaults(monitor, endpoint, place),
    ...times.faults,
    ...longTexts.faults,
    ...http.faults,
    ...clearCredentialFaults(endpoint, place),
    ...(isOwn ? [] : elsewhereFaults(endpoint, place)),
    ...relabelingFaults(`${place}.relabelings`, relabelings, "target"),
    ...unknownLabelFaults(monitor, `${place}.relabelings`, relabelings),
    ...relabelingFaults(`${place}.metricRelabelings`, metricRelabelings, "metric"),
    ...nameRuleFaults(`${place}.relabelings`, relabelings),
    ...ruleGrowthFaults(`${place}.relabelings`, relabelings, "target"),
    ...ruleGrowthFaults(`${place}.metricRelabelings`, metricRelabelings, "metric"),
  ];
  if (faults.some(({ effect }) => effect !== "field")) return { faults };
  const costs = costLimits(spec, endpoint, place, { ...settings.scrape, isLong });
  const isPod = monitor.kind === "PodMonitor";
  const config = {
    ...jobSettings(times.interval, settings.scrape),
    // All jobs share the discovery of the whole cluster. The scraper would keep each target of it that a job drops.
    keep_dropped_targets: 1,
    ...specFields(spec, settings).config,
    ...longTexts.config,
    ...costs.config,
    ...flags(endpoint, settings),
    ...http.config,
    follow_redirects: isOwn && endpoint.followRedirects === true,
    job_name: jobName(monitor, index),
    scrape_timeout: duration(times.timeout),
    kubernetes_sd_configs: nodeDiscovery(
      isPod ? "pod" : "endpointslice",
      isOwn && mayAnswerElsewhere(endpoint) ? [monitor.namespace] : undefined,
    ),
    relabel_configs: [
      ...targetRules(monitor, spec, endpoint),
      ...(isPod ? [] : legacyEndpointRules(relabelings)),
      ...(relabelings.length > 0
        ? guarded(targetRelabelRules(relabelings), { params: endpoint.params, hostPorts: !isOwn, times })
        : dropMoved()),
    ],
    // The last rules, so that those of the monitor cannot make attributes of the pod.
    metric_relabel_configs: [
      ...metricRelabelRules(metricRelabelings),
      ...knownFromKubernetes,
    ] as readonly RelabelRule[],
  };
  const target = targetOf(monitor, spec, endpoint, config.job_name);
  const unsafe = textFaults(config, place, "endpoint");
  if (unsafe.length > 0) return { faults: [...faults, ...unsafe] };
  return {
    job: { interval: times.interval, config, target, place, files: http.files },
    faults: [...faults, ...costs.faults],
  };
}

function targetOf(
  monitor: MonitorObject,
  spec: MonitorSpec,
  { port, portNumber, targetPort, relabelings }: MonitorEndpoint,
  job: string,
): MonitorTarget {
  const { kind, namespace, name } = monitor;
  const namespaces = targetNamespaces(monitor, spec);
  const wanted = port || (kind === "PodMonitor" && portNumber) || targetPort || undefined;
  return {
    kind,
    namespace,
    name,
    job,
    ...(namespaces && { namespaces }),
    selector: spec.selector,
    ...(wanted !== undefined && { port: wanted }),
    portOf: kind === "ServiceMonitor" && port ? "service" : "container",
    ...(mayDrop(relabelings ?? []) && { mayDrop: true as const }),
  };
}

function flags(
  { honorLabels, honorTimestamps, trackTimestampsStaleness }: MonitorEndpoint,
  { scrape }: MonitorSettings,
): object {
  return {
    ...(honorLabels && { honor_labels: true }),
    ...(honorTimestamps === false || !scrape.honorTimestamps ? { honor_timestamps: false } : {}),
    ...(trackTimestampsStaleness !== undefined && { track_timestamps_staleness: trackTimestampsStaleness }),
  };
}

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function selectionFaults(monitor: MonitorObject, spec: MonitorSpec): MonitorFault[] {
  const { matchLabels = {}, matchExpressions = [] } = spec.selector;
  const expressions = [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In" as const, values: [value] })),
    ...matchExpressions,
  ];
  const [wrong] = expressions.flatMap((one) => labelExpressionFault(one) ?? []);
  const names = targetNamespaces(monitor, spec) ?? [];
  return [
    ...(wrong === undefined
      ? []
      : [fault("selector", "monitor", `has a condition that ${wrong}`, "Correct the selector")]),
    ...(["targetLabels", "podTargetLabels"] as const)
      .filter((list) => spec[list]?.includes(""))
      .map((list) => fault(list, "monitor", "has a label without a name", "Remove it")),
    ...(names.every((name) => namespaceName.test(name))
      ? []
      : [
          fault("namespaceSelector.matchNames", "monitor", "has a name that no namespace can have", "Correct the name"),
        ]),
  ];
}

function portFaults(
  { kind }: MonitorObject,
  { port = "", portNumber, targetPort }: MonitorEndpoint,
  place: string,
): MonitorFault[] {
  const names = { port, targetPort: typeof targetPort === "string" ? targetPort : "" };
  const [wrong] = Object.entries(names).filter(([, name]) => goRegexFault(name) !== undefined);
  if (wrong !== undefined || port.includes("$")) {
    const [field] = wrong ?? ["port"];
    return [fault(`${place}.${field}`, "monitor", "is not the name of a port", "Write the name of a port")];
  }
  if (typeof targetPort === "string" && /^[0-9]+$/.test(targetPort) && port === "") {
    return [
      fault(
        `${place}.targetPort`,
        "endpoint",
        "is a number in quotes, which is compared with the names of ports",
        "Write it without quotes",
      ),
    ];
  }
  const isUsed = port !== "" || (kind === "PodMonitor" && portNumber !== undefined);
  return isUsed && targetPort !== undefined && targetPort !== ""
    ? [
        fault(
          `${place}.targetPort`,
          "field",
          `has no effect on the choice of targets beside ${port === "" ? "portNumber" : "port"}`,
          "Remove one of them",
        ),
      ]
    : [];
}
