import { podVariables, type ComponentChain } from "./config";
import { signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { EnrichmentModel } from "./model";
import { literal, ottlString } from "./text";

const statementsKey = { metrics: "metric_statements", traces: "trace_statements", logs: "log_statements" } as const;

/** Returns the settings of a transform processor for one signal. */
export function transform(
  signal: Signal,
  groups: readonly { readonly conditions?: readonly string[]; readonly statements: readonly string[] }[],
): unknown {
  return {
    // A statement that fails on one item must not cost the whole batch.
    error_mode: "ignore",
    [statementsKey[signal]]: groups.map(({ conditions = [], statements }) => ({
      ...(conditions.length > 0 && { conditions }),
      statements,
    })),
  };
}

/**
 * Returns the processors that add Kubernetes metadata of the sending pod, once for all pipelines of a signal. Values
 * that the sender has set stay. The exception is the SDKs' default `service.name` (`unknown_service`), which stays only
 * if no better name is found. `pods` are the possible senders: pods of this node, of the whole cluster, or none. With
 * `onlyContainer`, data of a pod with one container gets that container's name.
 */
export function enrichment(
  signal: Signal,
  model: EnrichmentModel,
  pods: "node" | "cluster" | "none" = "node",
  onlyContainer = false,
): ComponentChain {
  const { clusterName } = model;
  const service = model.service && pods !== "none";
  const last = [
    ...(service ? chooseService : []),
    ...(clusterName === undefined ? [] : [setWhenEmpty("k8s.cluster.name", literal(clusterName))]),
  ];
  return [
    ...(service
      ? [
          {
            id: signalComponent("transform", "sent-service", signal),
            config: transform(signal, [
              ...(signal === "traces" ? [dropProxyService] : []),
              { statements: keepSentService },
            ]),
          },
        ]
      : []),
    ...(pods === "none"
      ? []
      : [
          {
            id: signalComponent("k8s_attributes", "enrich", signal),
            config: kubernetesAttributes(model, pods, onlyContainer),
          },
        ]),
    ...(last.length === 0
      ? []
      : [{ id: signalComponent("transform", "enrich", signal), config: transform(signal, [{ statements: last }]) }]),
  ];
}

/**
 * Attributes that exist during enrichment only. `name` and `version` hold the sent value or else that of the pod's
 * annotation, since the look-up never replaces a value. Both have precedence over all other metadata. `sentName` is the
 * fallback where no name is found.
 */
const temporary = {
  name: "telemetry-pipelines.service.name",
  version: "telemetry-pipelines.service.version",
  sentName: "telemetry-pipelines.service.sent-name",
};
const forget = Object.values(temporary).map((key) => `delete_key(resource.attributes, "${key}")`);

/** Statements before the look-up. They also remove temporary attributes that a sender has set. */
const keepSentService = [
  ...forget,
  `set(${attribute(temporary.sentName)}, ${attribute("service.name")})`,
  `delete_key(resource.attributes, "service.name") where IsMatch(${attribute("service.name")}, "^unknown_service(:.*)?$$")`,
  `set(${attribute(temporary.name)}, ${attribute("service.name")})`,
  `set(${attribute(temporary.version)}, ${attribute("service.version")})`,
];

/** Istio's proxies send their own service names, but their spans belong to the service behind the proxy. */
const dropProxyService = {
  conditions: ['span.attributes["component"] == "proxy"'],
  statements: ['delete_matching_keys(resource.attributes, "^service[.]")'],
};

/** OpenTelemetry's conventions prefer annotations to labels. The collector prefers labels, hence the separate keys. */
const serviceAnnotations = [
  { tag_name: temporary.name, key: "resource.opentelemetry.io/service.name", from: "pod" },
  { tag_name: temporary.version, key: "resource.opentelemetry.io/service.version", from: "pod" },
];

/** Statements after the look-up. */
const chooseService = [
  `set(${attribute("service.name")}, ${attribute(temporary.name)}) where ${attribute(temporary.name)} != ""`,
  `set(${attribute("service.version")}, ${attribute(temporary.version)}) where ${attribute(temporary.version)} != ""`,
  `set(${attribute("service.name")}, ${attribute(temporary.sentName)}) where ${attribute("service.name")} == nil`,
  ...forget,
];

function attribute(key: string): string {
  return `resource.attributes["${key}"]`;
}

function setWhenEmpty(key: string, text: string): string {
  const target = attribute(key);
  return `set(${target}, ${ottlString(text)}) where ${target} == nil or ${target} == ""`;
}

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
    // Data received before the metadata is loaded would be sent without it.
    wait_for_metadata: true,
    wait_for_metadata_timeout: "30s",
    pod_association: [
      { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
      { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
      { sources: [{ from: "connection" }] },
    ],
    extract: {
      metadata: [
        "k8s.namespace.name",
        "k8s.node.name",
        "k8s.pod.name",
        "k8s.pod.uid",
        "k8s.deployment.name",
        "k8s.statefulset.name",
        "k8s.daemonset.name",
        "k8s.cronjob.name",
        "k8s.job.name",
        "k8s.cluster.uid",
        ...(onlyContainer ? ["k8s.container.name"] : []),
        ...(service ? ["service.namespace", "service.name", "service.version", "service.instance.id"] : []),
      ],
      // Avoids a cluster-wide watch of all ReplicaSets, and the right to it.
      deployment_name_from_replicaset: true,
      ...(service && { otel_annotations: true, annotations: serviceAnnotations }),
      labels: [
        ...nodeLabels,
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

/** Escapes a label key for use in a pattern: its dots must not match other characters. */
function regexLiteral(text: string): string {
  return literal(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
}
