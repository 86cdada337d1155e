import { clusterUid, podVariables, type ComponentChain } from "./config";
import type { Signal } from "../contract";
import {
  afterLookUp,
  attribute,
  dropProxyService,
  forgetTemporary,
  hideNodeAddress,
  hideReplicaSet,
  openService,
  serviceAnnotations,
  workloadLabels,
} from "./identity";
import { signalComponent } from "./ids";
import type { EnrichmentModel } from "./model";
import { literal, ottlString } from "./text";
import { transform, type StatementGroup } from "./transform";

interface EnrichmentOptions {
  /** The possible senders: pods of this node (the default), of the whole cluster, or none. */
  readonly pods?: "node" | "cluster" | "none";
  /** Whether data of a pod with one container gets that container's name; not by default. */
  readonly onlyContainer?: boolean;
  /** Statements that run before all others, in the same processor: each processor costs every request. */
  readonly first?: readonly StatementGroup[];
}

/**
 * Returns the processors that add Kubernetes metadata of the sending pod, once for all pipelines of a signal. Values
 * that the sender has set stay. The exception is the SDKs' default `service.name` (`unknown_service`), which stays only
 * if no better name is found.
 */
export function enrichment(
  signal: Signal,
  model: EnrichmentModel,
  { pods = "node", onlyContainer = false, first = [] }: EnrichmentOptions = {},
): ComponentChain {
  const cluster = clusterAttributes(model);
  if (pods === "none") return transforms(signal, "enrich", cluster);
  return [
    ...transforms(signal, "sent", [
      ...first,
      ...(model.service && signal === "traces" ? [dropProxyService] : []),
      forgetTemporary,
      hideNodeAddress,
      hideReplicaSet,
      ...(model.service ? [openService] : []),
    ]),
    {
      id: signalComponent("k8s_attributes", "enrich", signal),
      config: kubernetesAttributes(model, pods, onlyContainer),
    },
    ...transforms(signal, "enrich", [...afterLookUp(model.service), ...cluster]),
  ];
}

function transforms(signal: Signal, role: string, groups: readonly StatementGroup[]): ComponentChain {
  return groups.length === 0
    ? []
    : [{ id: signalComponent("transform", role, signal), config: transform(signal, groups) }];
}

/** Attributes of the cluster, for all data: also of senders whose pod is unknown, and of nodes and workloads. */
function clusterAttributes({ clusterName }: EnrichmentModel): StatementGroup[] {
  const uid = setWhenEmpty("k8s.cluster.uid", `"${clusterUid}"`, `"${clusterUid}" != "" and `);
  const name = clusterName === undefined ? [] : [setWhenEmpty("k8s.cluster.name", ottlString(literal(clusterName)))];
  return [{ statements: [uid, ...name] }];
}

function setWhenEmpty(key: string, value: string, onlyIf = ""): string {
  const target = attribute(key);
  return `set(${target}, ${value}) where ${onlyIf}(${target} == nil or ${target} == "")`;
}

/** Starts of names of attributes that no annotation may set: those of the sender's identity, and the marks of this project. */
const reservedAttributes = ["k8s.", "telemetry"] as const;

/** Node labels, each with its attribute in the OpenTelemetry conventions. */
const nodeLabels = [
  { tag_name: "cloud.region", key: "topology.kubernetes.io/region", from: "node" },
  { tag_name: "cloud.availability_zone", key: "topology.kubernetes.io/zone", from: "node" },
  { tag_name: "host.type", key: "node.kubernetes.io/instance-type", from: "node" },
  { tag_name: "host.arch", key: "kubernetes.io/arch", from: "node" },
];

function kubernetesAttributes(
  { podLabels, service }: EnrichmentModel,
  pods: "node" | "cluster",
  onlyContainer: boolean,
): unknown {
  return {
    auth_type: "serviceAccount",
    // Only pods of this node are watched, so memory and the API server's load do not grow with the cluster.
    ...(pods === "node" && { filter: { node_from_env_var: podVariables.node } }),
    // Data received before the metadata is loaded would be sent without it. The collector of the cluster's state starts
    // at once: it must listen to the election before the lease of its predecessor ends, and it reads all objects before
    // it collects.
    ...(pods === "node" && { wait_for_metadata: true, wait_for_metadata_timeout: "30s" }),
    // By default, pods with names like those of Jaeger's agents are not looked up. An empty list would not replace that.
    exclude: { pods: [{ name: "^$$" }] },
    pod_association: [
      { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
      // Before the connection: a relay's own pod is not the pod that its data names.
      {
        sources: [
          { from: "resource_attribute", name: "k8s.pod.name" },
          { from: "resource_attribute", name: "k8s.namespace.name" },
        ],
      },
      { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
      { sources: [{ from: "connection" }] },
    ],
    extract: {
      metadata: [
        "k8s.namespace.name",
        "k8s.node.name",
        "k8s.pod.name",
        "k8s.pod.uid",
        "k8s.replicaset.name",
        "k8s.statefulset.name",
        "k8s.daemonset.name",
        "k8s.cronjob.name",
        "k8s.job.name",
        ...(onlyContainer ? ["k8s.container.name"] : []),
        ...(service ? ["service.namespace", "service.name", "service.version", "service.instance.id"] : []),
      ],
      ...(service && { annotations: [attributeAnnotations, ...serviceAnnotations] }),
      labels: [
        ...nodeLabels,
        ...workloadLabels,
        ...podLabels.map((selector) => ({
          // The reference is followed only if the pattern has a group.
          tag_name: "k8s.pod.label.$$0",
          key_regex:
            "key" in selector ? `^(${regexLiteral(selector.key)})$$` : `^(${regexLiteral(selector.keyPrefix)}.*)`,
          from: "pod",
        })),
      ],
    },
  };
}

/**
 * The annotations of a pod that become its attributes. Not the processor's `otel_annotations`: an annotation replaces what
 * the look-up found, so a pod could pass for one of another namespace, or for data with a mark of this project.
 */
const attributeAnnotations = {
  tag_name: "$$1",
  key_regex: `resource[.]opentelemetry[.]io/(${startingWithNone(reservedAttributes)})`,
  from: "pod",
};

/** Returns a pattern for texts that start with none of the prefixes. The collector's patterns cannot look ahead. */
function startingWithNone(prefixes: readonly string[]): string {
  const first = [...new Set(prefixes.map((prefix) => prefix.charAt(0)))];
  const continued = first.flatMap((letter) => {
    const rests = prefixes.filter((prefix) => prefix.startsWith(letter)).map((prefix) => prefix.slice(1));
    return rests.includes("") ? [] : [`${regexLiteral(letter)}(?:${startingWithNone(rests)}|)`];
  });
  return [`[^${first.join("")}].*`, ...continued].join("|");
}

/** Escapes a label key for use in a pattern: its dots must not match other characters. */
function regexLiteral(text: string): string {
  return literal(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
}
