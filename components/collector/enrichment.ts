import { podVariables, type ComponentChain } from "./config";
import { signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { EnrichmentModel } from "./model";
import { literal, ottlString } from "./text";

const statementsKey = { metrics: "metric_statements", traces: "trace_statements", logs: "log_statements" } as const;

/** A transform processor of one signal. */
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
 * What everything of a signal gets once, before it is handed to the pipelines: Kubernetes metadata of the pod that
 * sent it. Values that the sender has set stay, except a `service.name` that only says that none was set: that stays
 * only where there is no better one. `pods` are those that may have sent it: of the own node, of the whole cluster, or
 * none. With `onlyContainer`, data of a pod with one container gets its name.
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
 * Attributes that are there during enrichment only. `name` and `version` win over all else that is found out: they are
 * what was sent or, since the look-up sets nothing that is there already, what the pod's annotations say. `sentName` is
 * what is left where no name is found.
 */
const temporary = {
  name: "telemetry-pipelines.service.name",
  version: "telemetry-pipelines.service.version",
  sentName: "telemetry-pipelines.service.sent-name",
};
const forget = Object.values(temporary).map((key) => `delete_key(resource.attributes, "${key}")`);

/** Before the look-up. Nobody sends temporary attributes. */
const keepSentService = [
  ...forget,
  `set(${attribute(temporary.sentName)}, ${attribute("service.name")})`,
  `delete_key(resource.attributes, "service.name") where IsMatch(${attribute("service.name")}, "^unknown_service(:.*)?$$")`,
  `set(${attribute(temporary.name)}, ${attribute("service.name")})`,
  `set(${attribute(temporary.version)}, ${attribute("service.version")})`,
];

/** Istio's proxies call themselves by names of their own; their spans are of the service that they stand in front of. */
const dropProxyService = {
  conditions: ['span.attributes["component"] == "proxy"'],
  statements: ['delete_matching_keys(resource.attributes, "^service[.]")'],
};

/** By OpenTelemetry's conventions annotations come before labels; in the collector it is the other way round. */
const serviceAnnotations = [
  { tag_name: temporary.name, key: "resource.opentelemetry.io/service.name", from: "pod" },
  { tag_name: temporary.version, key: "resource.opentelemetry.io/service.version", from: "pod" },
];

/** After the look-up. */
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

/** Node labels by the attributes the OpenTelemetry conventions have for them. */
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
    // Only pods of the own node are watched: the API server's load and the memory do not grow with the cluster.
    ...(pods === "node" && { filter: { node_from_env_var: podVariables.node } }),
    // Data taken in before the metadata is there would go out without it.
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
      // Saves a cluster-wide watch of all ReplicaSets, and the right to it.
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

/** Label keys are text, not patterns: their dots must not match other characters. */
function regexLiteral(text: string): string {
  return literal(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
}
