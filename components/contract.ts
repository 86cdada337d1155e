/**
 * Facts that the program and the manager share: names, labels, annotations, ports and budgets. The policy pack can be
 * published alone, so it has copies of some of them in `policy/facts` and `policy/rules`; `policy/test/contract.test.ts`
 * holds both equal. This file imports nothing, so reading a name loads nothing else.
 */

/**
 * Signals by their OpenTelemetry names, in the order in which they are rendered. `unit` is the suffix of the signal's
 * counters among the collector's own metrics.
 */
export const signals = {
  metrics: {
    pipelines: "metricPipelines",
    kind: "MetricPipeline",
    noun: "metric",
    items: "data points",
    unit: "metric_points",
  },
  traces: { pipelines: "tracePipelines", kind: "TracePipeline", noun: "trace", items: "spans", unit: "spans" },
  logs: { pipelines: "logPipelines", kind: "LogPipeline", noun: "log", items: "log records", unit: "log_records" },
} as const;
export type Signal = keyof typeof signals;
export const signalNames = Object.keys(signals) as readonly Signal[];

/** Returns the id of a pipeline, unique among all signals and made of its configuration: `metricPipelines/backend`. */
export function pipelineId({ signal, name }: { readonly signal: Signal; readonly name: string }): string {
  return `${signals[signal].pipelines}/${name}`;
}

/** API group and versions of the manifests from which pipelines are read, with the newest version first. */
export const pipelineApi = {
  group: "telemetry.kyma-project.io",
  versions: ["v1beta1", "v1alpha1"],
} as const;

/**
 * The kinds of monitors, each with its name in URLs, the setting that selects it, the first part of the names of its scrape
 * jobs, and the field with its endpoints.
 */
export const monitorKinds = {
  ServiceMonitor: {
    plural: "servicemonitors",
    selection: "serviceMonitors",
    job: "serviceMonitor",
    endpoints: "endpoints",
  },
  PodMonitor: { plural: "podmonitors", selection: "podMonitors", job: "podMonitor", endpoints: "podMetricsEndpoints" },
} as const;
export type MonitorKind = keyof typeof monitorKinds;

/** API group of the Prometheus Operator's kinds, with the version that they all share. */
export const operatorApi = { group: "monitoring.coreos.com", version: "v1" } as const;

export const labelKeys = {
  name: "app.kubernetes.io/name",
  instance: "app.kubernetes.io/instance",
  component: "app.kubernetes.io/component",
  partOf: "app.kubernetes.io/part-of",
  managedBy: "app.kubernetes.io/managed-by",
} as const;

export type Labels = Readonly<Record<string, string>>;

/** Returns the labels that workloads and Services select. A selector can't change later, so these labels never do. */
export function selectorLabels(name: string): Labels {
  return { [labelKeys.name]: name, [labelKeys.instance]: "telemetry" };
}

/** Returns the labels of an object of this program. */
export function objectLabels(name: string, component: string): Labels {
  return {
    ...selectorLabels(name),
    [labelKeys.component]: component,
    [labelKeys.partOf]: "telemetry",
    [labelKeys.managedBy]: "pulumi",
  };
}

/** Label of pods that may read the own metrics of gateway and agent. */
export const selfMetricsLabel = { "telemetry/self-metrics": "allowed" } as const;

export const annotations = {
  /**
   * Time of a workload's last validation. If an update is interrupted while pods are replaced, the engine still records
   * the previous workload. Going back validates anew, so this annotation makes the engine update the workload.
   */
  validatedAt: "telemetry/validated-at",
  /** At a namespace: the stack that created it, as `project/stack`. */
  stack: "telemetry/stack",
  /** At a namespace: the stack that uses it without having created it, as `project/stack`. */
  usedBy: "telemetry/used-by",
  /** Places of the fields that hold a credential as text, without the values. The policy pack reads this annotation. */
  literalCredentials: "telemetry/literal-credentials",
} as const;

/** Namespace of all objects, unless the user names another one. */
export const defaultNamespace = "telemetry";

/** Names of the DaemonSets and Deployments of collectors, and of their objects. */
export const workloadNames = {
  gateway: "telemetry-otlp-gateway",
  agents: {
    node: "telemetry-metric-agent",
    "cluster-state": "telemetry-metric-agent-cluster",
    "api-server": "telemetry-metric-agent-apiserver",
  },
  logAgent: "telemetry-log-agent",
} as const;

/**
 * Kinds of collectors, which are also the component labels of their objects. `setting` is the key of their settings in
 * the stack's configuration. `noun` names one of them in messages.
 */
export const collectorKinds = {
  gateway: { setting: "gateway", noun: "gateway" },
  agent: { setting: "agent", noun: "agent" },
  "log-agent": { setting: "logAgent", noun: "log agent" },
} as const;
export type CollectorKind = keyof typeof collectorKinds;

/** Returns the namespace of the log agent, unless the user names another one. It is apart because of its host paths. */
export function defaultLogNamespace(namespace: string): string {
  return `${namespace}-logs`;
}

/** Files of a node that the log agent mounts; nothing else of the program mounts any. */
export const hostPaths = {
  /** Files that containers' standard output and error are written to. The log agent reads them. */
  podLogs: "/var/log/pods",
  /** Folder for the state of log agents. The log agent of a stack writes into the folder with the stack's namespace. */
  state: "/var/lib/telemetry-pipelines",
} as const;

/** The Service that applications push to. */
export const otlpServiceName = "telemetry-otlp";

/** Start of the merged Secret's name. */
export const mergedSecretName = "telemetry-credentials";

/** Name of the lease that the collectors of the cluster's state share; the holder collects. */
export const clusterStateLease = "telemetry-cluster-state";

/** Name of the collector's container. In a mesh, its pods have other containers, too. */
export const containerName = "collector";

/** Key of the collector's configuration in its ConfigMap, and name of the file. */
export const configurationFile = "relay.yaml";

/**
 * Versions of the collector on which the generated configurations start and mean the same. `npm run test:versions` tests
 * both ends of the range.
 */
export const collectorVersions = { oldest: "0.149.0", newest: "0.161.0" } as const;

/** Returns the stock distribution of a version, with all components that the generated configurations use. */
export function collectorImage(version: string): string {
  return `docker.io/otel/opentelemetry-collector-contrib:${version}`;
}

/** Images of pods. The local cluster has each of them under the same name, with a program built from source. */
export const images = {
  collector: collectorImage(collectorVersions.newest),
  /** Backend of development environments. */
  prometheus: "docker.io/prom/prometheus:v3.16.0",
  /** Load generator of the OpenTelemetry project, which sends with the ordinary Go SDK. */
  telemetrygen: "ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.161.0",
} as const;

/** The folder in which gateway and agent mount the merged Secret. */
export const credentialsFolder = "/credentials";

/**
 * Minor version of the oldest supported Kubernetes: the first one that accepts every field of the pods without a feature
 * gate. Version 1.29 refuses the action `sleep` with which a gateway drains, and 1.28 `status.hostIPs` in every collector.
 */
export const oldestKubernetesMinor = 30;

/** Ports of a collector's pod. */
export const ports = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** The collector's own metrics, in Prometheus format. */
  selfMetrics: 8888,
  health: 13133,
} as const;

/** Labels with the operating system of a node. Kubernetes still gives each node the second one, too, which is older. */
export const osLabels = ["kubernetes.io/os", "beta.kubernetes.io/os"] as const;
/** The operating system of nodes that can run the images of this program. */
export const linux = "linux";

/**
 * Labels of nodes without a Linux kernel of their own that pods share: each pod there is a virtual machine elsewhere. Where no
 * value is named, every value marks such a node.
 */
export const virtualNodes: readonly (readonly [label: string, value?: string])[] = [
  // AWS Fargate.
  ["eks.amazonaws.com/compute-type", "fargate"],
  // The virtual kubelet, also in Azure (virtual nodes) and Alibaba Cloud (elastic container instances).
  ["type", "virtual-kubelet"],
  // Azure's second generation of virtual nodes.
  ["virtualization", "virtualnode2"],
  // Tencent Cloud's super nodes.
  ["node.kubernetes.io/instance-type", "eklet"],
  // Liqo: other clusters as nodes.
  ["liqo.io/type", "virtual-node"],
  // Oracle Cloud's virtual nodes.
  ["node-role.kubernetes.io/virtual-node"],
];

/** Returns those labels of virtual nodes that a node has. */
export const virtualLabelsOf = (labels: Labels): typeof virtualNodes =>
  virtualNodes.filter(([key, value]) => Object.hasOwn(labels, key) && (value === undefined || labels[key] === value));

/** Port on which a kubelet serves its metrics. */
export const kubeletPort = 10250;

/**
 * The API server's own ports, to which network policies apply: 443 in managed clusters, 6443 in self-installed ones,
 * 8443 in minikube, 16443 in MicroK8s.
 */
export const apiServerPorts: readonly number[] = [443, 6443, 8443, 16443];

/** Ports of name servers. Policies apply to the ports behind their Service: 5353 in OpenShift, 8053 in Gardener. */
export const nameServerPorts: readonly number[] = [53, 5353, 8053];

/**
 * Default of the seconds for which a batch is retried. After that, a rejected batch is dropped and counted as
 * `send_failed`. A pipeline can set its own time.
 */
export const retrySeconds = 300;

/**
 * Bytes of memory for one byte in a queue, which counts encoded bytes. Measured: 5.9 for data points with one short
 * attribute, 4 for small spans, and less the more text the data contains.
 */
export const heapPerQueueByte = 6;

/** Part of the memory limit that full queues may take: clearly below the garbage collector's goal. */
export const queuesPart = 0.4;

/**
 * Least limits that settings accept for a collector. The memory is what the collector itself needs, with room for the
 * data of a small node. The kubelet grants at least 1 ms of CPU in each period of 100 ms, and treats 0 as no limit.
 */
export const leastLimits = { cpu: "10m", memory: "192Mi" } as const;

/** Days before the end of a certificate from which each update and each check warns, the last of them included. */
export const expiryWarningDays = 14;

/** Largest content of a ConfigMap, and of a Secret's values, that the API server accepts, in bytes. */
export const mostObjectBytes = 1024 * 1024;

/** Variable with the path of the file into which the program writes findings as lines of JSON. The manager sets it. */
export const findingsFileVariable = "TELEMETRY_FINDINGS_FILE";
