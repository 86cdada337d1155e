import type { z } from "zod";
import {
  duration,
  filter,
  hostIp,
  literal,
  nodeName,
  signalComponent,
  skippedVerification,
  transform,
  type ComponentChain,
} from "../collector";
import { kubeletPort } from "../contract";
import { skipVerifyField } from "../schema";
import { defineInput, noRights } from "./define-input";
import { physicalInterface } from "./network-interfaces";
import { metricSwitches, runtimeId, runtimeSetting, selectRuntime, wantedMetrics } from "./runtime";
import { scopeProcessor } from "./scope";

const receiver = "kubeletstats";

type KubeletSettings = z.output<typeof runtimeSetting.stack>["kubelet"];

/** Metrics of the node, its pods, containers and volumes, from its kubelet. */
export const kubelet = defineInput({
  name: "kubelet",
  setting: runtimeSetting,
  role: "node",
  health: { kind: "kubelet", receiver, remedy },
  isWanted: (selection) => wantedMetrics([selection], receiver).size > 0,
  collect: (all, { interval, stack, kubernetesMinor }) => {
    const asked = wantedMetrics(
      all.map(({ selection }) => selection),
      receiver,
    );
    const pods = hasRightToPods(kubernetesMinor);
    const wanted = pods ? asked : new Set([...asked].filter((metric) => !isShareOfLimits(metric)));
    const groups = metricGroups(wanted);
    return {
      receivers: { [receiver]: receiverSettings(wanted, groups, pods, interval, stack.kubelet) },
      extensions: {},
      notes: pods ? [] : withoutPods(asked, kubernetesMinor),
      processors: [
        ...unwantedData(groups),
        ...(groups.includes("volume") ? [dropOldAttributes] : []),
        scopeProcessor(runtimeId),
        markOthers,
      ],
      enriched: [onlyContainers],
      select: (one) => selectRuntime(one, wanted),
    };
  },
  rights: (selections, kubernetesMinor) => {
    const wanted = wantedMetrics(selections, receiver);
    if (wanted.size === 0) return noRights;
    const pods = hasRightToPods(kubernetesMinor);
    const resources = ["nodes/stats", ...(pods && readsPodsOfKubelet(wanted) ? ["nodes/pods"] : [])];
    const claims = { apiGroups: [""], resources: ["persistentvolumeclaims", "persistentvolumes"], verbs: ["get"] };
    return {
      cluster: [
        { apiGroups: [""], resources, verbs: ["get"] },
        // A receiver that reads its node from the API server also looks up claims of volumes there.
        ...(pods && readsVolumes(wanted) && readsNode(wanted) ? [claims] : []),
      ],
      namespaces: [],
    };
  },
  // The addresses of the nodes are not known in advance.
  egress: () => [{ ports: [{ protocol: "TCP", port: kubeletPort }] }],
});

function remedy(error: string): string {
  const setting = `metric.${runtimeSetting.key}.kubelet`;
  if (/x509|certificate/.test(error)) {
    return `If the kubelets sign their own certificates, set ${setting}.${skipVerifyField}: true.`;
  }
  // Go's messages for an IPv6 address without brackets, and for an IPv4 address with brackets.
  if (/invalid port .* after host/.test(error)) return `The nodes have IPv6 addresses: set ${setting}.ipFamily: IPv6.`;
  if (/invalid IP-literal/.test(error)) return `The nodes have IPv4 addresses: set ${setting}.ipFamily: IPv4.`;
  if (/i\/o timeout|deadline exceeded|Client\.Timeout|no route to host/.test(error)) {
    return `Pods must reach port ${kubeletPort} of their node: check its firewall, and NetworkPolicies that are not of this stack.`;
  }
  if (/401 Unauthorized/.test(error)) {
    return "The kubelets do not accept tokens of service accounts. Turn on authentication.webhook in their configuration.";
  }
  if (/\/pods .*403 Forbidden/.test(error)) {
    return (
      `Kubelets before Kubernetes 1.${kubeletPodsSince} give their pods only to those who may run commands in them. Update the nodes, or ` +
      `set input.${runtimeSetting.key}.resources.volume.enabled: false and take the metrics with _utilization out of ` +
      "additionalMetrics."
    );
  }
  if (/403 Forbidden/.test(error)) {
    return "The agent's ClusterRole or its binding was changed: run pulumi up --refresh.";
  }
  return "";
}

/** First minor version of Kubernetes with a right to read a kubelet's pods that includes nothing else. */
export const kubeletPodsSince = 33;

/** Returns whether the agent may read a kubelet's pods. Before, that needs `nodes/proxy`: the right to run commands. */
function hasRightToPods(kubernetesMinor = kubeletPodsSince): boolean {
  return kubernetesMinor >= kubeletPodsSince;
}

/** Returns what is missing without the kubelet's list of pods. */
function withoutPods(asked: ReadonlySet<string>, kubernetesMinor = 0): string[] {
  const why =
    `A kubelet of Kubernetes 1.${kubernetesMinor} gives its list of pods only to those who may run commands in them ` +
    `(1.${kubeletPodsSince} has a right to the list alone)`;
  const shares = [...asked].filter(isShareOfLimits);
  return [
    ...(readsVolumes(asked)
      ? [
          `${why}: metrics of volumes have no k8s.volume.type and no k8s.persistentvolumeclaim.name, ` +
            "and volumes that end with their pod are not left out.",
        ]
      : []),
    ...(shares.length > 0 ? [`${why}: these metrics are left out: ${shares.sort().join(", ")}.`] : []),
  ];
}

/** Returns the filter of data that would be noise in any pipeline. */
function unwantedData(groups: readonly Group[]): ComponentChain {
  const conditions = [
    ...(groups.includes("volume") ? temporaryVolumes : []),
    ...(groups.includes("node") ? [virtualInterfaces] : []),
  ];
  const id = signalComponent("filter", runtimeId, "metrics");
  return conditions.length === 0 ? [] : [{ id, config: filter("metrics", [{ conditions }]) }];
}

/**
 * Mark of the kubelet's metrics that are not about a container. Enrichment adds the container's name to all data of a pod
 * with only one container, also to these.
 */
const mark = `resource.attributes["telemetry-pipelines.no-container"]`;
const containerName = `resource.attributes["k8s.container.name"]`;

const markOthers = {
  id: signalComponent("transform", "mark-others", "metrics"),
  config: transform("metrics", [{ statements: [`set(${mark}, true) where ${containerName} == nil`] }]),
};

/**
 * Attributes of a volume that repeat its claim, in collectors before 0.161. Later collectors do not know the receiver's
 * switches for them, so the attributes are removed from the data.
 */
const oldAttributes = "^(aws[.]volume[.]id|fs[.]type|gce[.]pd[.]name|glusterfs[.](endpoints[.]name|path)|partition)$$";

const dropOldAttributes = {
  id: signalComponent("transform", "volumes", "metrics"),
  config: transform("metrics", [
    {
      conditions: [`resource.attributes["k8s.volume.name"] != nil`],
      statements: [`delete_matching_keys(resource.attributes, "${oldAttributes}")`],
    },
  ]),
};

const onlyContainers = {
  id: signalComponent("transform", "only-containers", "metrics"),
  config: transform("metrics", [
    {
      conditions: [`${mark} != nil`],
      statements: ["k8s.container.name", "telemetry-pipelines.no-container"].map(
        (key) => `delete_key(resource.attributes, "${key}")`,
      ),
    },
  ]),
};

type Group = "container" | "pod" | "node" | "volume";

/** Returns the parts of the kubelet's summary that have wanted metrics. */
export function metricGroups(wanted: ReadonlySet<string>): Group[] {
  const prefixes: readonly [Group, RegExp][] = [
    ["container", /^(k8s\.)?container\./],
    ["node", /^k8s\.node\./],
    ["pod", /^k8s\.pod\.(?!volume\.)/],
    ["volume", /^k8s\.(pod\.)?volume\./],
  ];
  return prefixes.filter(([, prefix]) => [...wanted].some((metric) => prefix.test(metric))).map(([group]) => group);
}

function readsVolumes(wanted: ReadonlySet<string>): boolean {
  return metricGroups(wanted).includes("volume");
}

/** Returns whether the kubelet's list of pods is read: for types of volumes, and for the limits behind utilization. */
function readsPodsOfKubelet(wanted: ReadonlySet<string>): boolean {
  return readsVolumes(wanted) || [...wanted].some(isShareOfLimits);
}

/** Returns whether a metric is a share of a container's limits or requests, which the kubelet's list of pods has. */
function isShareOfLimits(metric: string): boolean {
  return metric.endsWith("_utilization");
}

/** Returns whether the node's size is read from the API server, as the basis of the node's utilization. */
function readsNode(wanted: ReadonlySet<string>): boolean {
  return [...wanted].some((metric) => metric.endsWith("node.utilization"));
}

function receiverSettings(
  wanted: ReadonlySet<string>,
  groups: readonly Group[],
  pods: boolean,
  interval: number,
  { ipFamily, ...verification }: KubeletSettings,
): unknown {
  return {
    collection_interval: duration(interval),
    auth_type: "serviceAccount",
    // By address: the cluster's name servers may not know the nodes' names. A URL has brackets around IPv6 only.
    endpoint: `https://${ipFamily === "IPv6" ? `[${hostIp}]` : hostIp}:${kubeletPort}`,
    ...skippedVerification(verification),
    metric_groups: groups,
    node: nodeName,
    ...(readsNode(wanted) && { k8s_api_config: { auth_type: "serviceAccount" } }),
    ...(pods && groups.includes("volume") && { extra_metadata_labels: ["k8s.volume.type"] }),
    ...(groups.includes("node") && { collect_all_network_interfaces: { node: true } }),
    metrics: metricSwitches(receiver, wanted),
  };
}

/** Conditions of volumes that end with their pod and use the node's disk: configuration, tokens and scratch space. */
const temporaryVolumes = [
  `IsMatch(resource.attributes["k8s.volume.type"], "^(configMap|downwardAPI|emptyDir|secret)$$")`,
  // Tokens of service accounts are projected volumes, for which the receiver sets no type.
  `IsMatch(resource.attributes["k8s.volume.name"], "^kube-api-access-")`,
];

const virtualInterfaces =
  `IsMatch(metric.name, "^k8s[.]node[.]network[.]") and datapoint.attributes["interface"] != nil ` +
  `and not IsMatch(datapoint.attributes["interface"], "${literal(physicalInterface)}")`;
