import { hostIp, nodeName, type ComponentChain } from "../collector/config";
import { transform } from "../collector/enrichment";
import { signalComponent } from "../collector/ids";
import type { CollectionModel, PipelineModel } from "../collector/model";
import { filter } from "../collector/processors";
import type { Input } from "./define-input";
import { metricSwitches, selectRuntime, wantedMetrics } from "./runtime";
import { scopeProcessor } from "./scope";
import { duration } from "../collector/text";

const name = "runtime";

/** Metrics of the node, its pods, containers and volumes, from its kubelet. */
export function kubeletInput(pipelines: readonly PipelineModel[], collection: CollectionModel): Input | undefined {
  const wanted = wantedMetrics(pipelines, "kubeletstats");
  if (wanted.size === 0) return undefined;
  const groups = metricGroups(wanted);
  return {
    name,
    tellsAs: "kubelet",
    receivers: { kubeletstats: receiver(wanted, groups, collection) },
    extensions: {},
    processors: [...unwantedData(groups), scopeProcessor(name), markContainers],
    enriched: [onlyMarkedContainers],
    select: (pipeline) => selectRuntime(name, pipeline, wanted),
  };
}

/** Drops what would only be noise in any pipeline. */
function unwantedData(groups: readonly Group[]): ComponentChain {
  const conditions = [
    ...(groups.includes("volume") ? temporaryVolumes : []),
    ...(groups.includes("node") ? [virtualInterfaces] : []),
  ];
  const id = signalComponent("filter", name, "metrics");
  return conditions.length === 0 ? [] : [{ id, config: filter("metrics", [{ conditions }]) }];
}

/**
 * Enrichment gives the name of the only container of a pod to everything of the pod. What the kubelet says of pods is
 * not about their containers.
 */
const containerMark = "telemetry-pipelines.container";
const containerName = `resource.attributes["k8s.container.name"]`;

const markContainers = {
  id: signalComponent("transform", "mark-containers", "metrics"),
  config: transform("metrics", [
    { statements: [`set(resource.attributes["${containerMark}"], true) where ${containerName} != nil`] },
  ]),
};

const onlyMarkedContainers = {
  id: signalComponent("transform", "only-containers", "metrics"),
  config: transform("metrics", [
    {
      statements: [
        `delete_key(resource.attributes, "k8s.container.name") where resource.attributes["${containerMark}"] == nil`,
        `delete_key(resource.attributes, "${containerMark}")`,
      ],
    },
  ]),
};

type Group = "container" | "pod" | "node" | "volume";

/** Which parts of the kubelet's summary have metrics that somebody wants. */
export function metricGroups(wanted: ReadonlySet<string>): Group[] {
  const prefixes: readonly [Group, RegExp][] = [
    ["container", /^(k8s\.)?container\./],
    ["node", /^k8s\.node\./],
    ["pod", /^k8s\.pod\.(?!volume\.)/],
    ["volume", /^k8s\.(pod\.)?volume\./],
  ];
  return prefixes.filter(([, prefix]) => [...wanted].some((metric) => prefix.test(metric))).map(([group]) => group);
}

export function readsVolumes(wanted: ReadonlySet<string>): boolean {
  return metricGroups(wanted).includes("volume");
}

/** Whether the kubelet's list of pods is read: for types of volumes, and for the limits that utilization relates to. */
export function readsPodsOfKubelet(wanted: ReadonlySet<string>): boolean {
  return readsVolumes(wanted) || [...wanted].some((metric) => metric.endsWith("_utilization"));
}

/** Whether the size of the node is read from the API server, which utilization of the node relates to. */
export function readsNode(wanted: ReadonlySet<string>): boolean {
  return [...wanted].some((metric) => metric.endsWith("node.utilization"));
}

function receiver(
  wanted: ReadonlySet<string>,
  groups: readonly Group[],
  { intervals, kubelet }: CollectionModel,
): unknown {
  return {
    collection_interval: duration(intervals.runtime),
    auth_type: "serviceAccount",
    // By address: names of nodes need not be known to the cluster's name servers. In a URL, brackets are for IPv6 alone.
    endpoint: `https://${kubelet.ipFamily === "IPv6" ? `[${hostIp}]` : hostIp}:10250`,
    ...(kubelet.insecureSkipVerify && { insecure_skip_verify: true }),
    metric_groups: groups,
    node: nodeName,
    ...(readsNode(wanted) && { k8s_api_config: { auth_type: "serviceAccount" } }),
    ...(groups.includes("volume") && { extra_metadata_labels: ["k8s.volume.type"] }),
    ...(groups.includes("node") && { collect_all_network_interfaces: { node: true } }),
    metrics: metricSwitches("kubeletstats", wanted),
    resource_attributes: Object.fromEntries(oldAttributes.map((attribute) => [attribute, { enabled: false }])),
  };
}

/** Deprecated by the receiver: what they say about a volume is what its claim says. */
const oldAttributes = [
  "aws.volume.id",
  "fs.type",
  "gce.pd.name",
  "glusterfs.endpoints.name",
  "glusterfs.path",
  "partition",
];

/** Volumes that live with their pod and whose fill level is the node's: configuration, tokens and scratch space. */
const temporaryVolumes = [
  `IsMatch(resource.attributes["k8s.volume.type"], "^(configMap|downwardAPI|emptyDir|secret)$$")`,
  // Tokens of service accounts are projected volumes, for which the receiver knows no type.
  `IsMatch(resource.attributes["k8s.volume.name"], "^kube-api-access-")`,
];

/** Bridges, tunnels and the ends of pods' cables count the same traffic once more. */
const virtualInterfaces =
  `IsMatch(metric.name, "^k8s[.]node[.]network[.]") and datapoint.attributes["interface"] != nil ` +
  `and not IsMatch(datapoint.attributes["interface"], "^(eth|en)")`;
