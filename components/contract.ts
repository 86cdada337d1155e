/**
 * What the program, the manager and the policy pack agree on: names, labels, annotations, ports and budgets. Each is
 * written here once. This file imports nothing, so that whoever needs a name loads nothing else.
 */

/**
 * Signals by the names of OpenTelemetry, in the order in which they are rendered. `unit` ends the names of the collector's
 * own counters, of which there is one for each signal.
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

/** Names a pipeline among those of all signals, in words of its configuration: `metricPipelines/backend`. */
export function pipelineId({ signal, name }: { readonly signal: Signal; readonly name: string }): string {
  return `${signals[signal].pipelines}/${name}`;
}

/** API group and versions of the manifests that pipelines are read from; the newest version comes first. */
export const pipelineApi = {
  group: "telemetry.kyma-project.io",
  versions: ["v1beta1", "v1alpha1"],
} as const;

/** Group of the Prometheus Operator's kinds, in the version that they all have. */
export const operatorApi = { group: "monitoring.coreos.com", version: "v1" } as const;

export const labelKeys = {
  name: "app.kubernetes.io/name",
  instance: "app.kubernetes.io/instance",
  component: "app.kubernetes.io/component",
  partOf: "app.kubernetes.io/part-of",
  managedBy: "app.kubernetes.io/managed-by",
} as const;

export type Labels = Readonly<Record<string, string>>;

/** What workloads and Services select by. A selector can't be changed later, so it has nothing that might. */
export function selectorLabels(name: string): Labels {
  return { [labelKeys.name]: name, [labelKeys.instance]: "telemetry" };
}

/** Labels of an object of this program. */
export function objectLabels(name: string, component: string): Labels {
  return {
    ...selectorLabels(name),
    [labelKeys.component]: component,
    [labelKeys.partOf]: "telemetry",
    [labelKeys.managedBy]: "pulumi",
  };
}

/** Pods with this label may read the metrics that gateway and agent have about themselves. */
export const selfMetricsLabel = { "telemetry/self-metrics": "allowed" } as const;

export const annotations = {
  /**
   * Time of a workload's last validation. An update that is interrupted while pods are replaced leaves a workload that
   * the engine takes for the one before. Going back validates anew, so this annotation makes the engine update it.
   */
  validatedAt: "telemetry/validated-at",
  /** Which fields hold a credential as text. Places only: the policy pack reads it, and so may everyone else. */
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

/** Images that pods run with. The local cluster has each of them under the same name, with a program built from source. */
export const images = {
  /** Stock distribution with all components that the generated configurations use. */
  collector: "docker.io/otel/opentelemetry-collector-contrib:0.149.0",
  /** Backend of development environments. */
  prometheus: "docker.io/prom/prometheus:v3.16.0",
  /** Load generator of the OpenTelemetry project, which sends with the ordinary Go SDK. */
  telemetrygen: "ghcr.io/open-telemetry/opentelemetry-collector-contrib/telemetrygen:v0.149.0",
} as const;

/** Where the merged Secret is mounted in gateway and agent. */
export const credentialsFolder = "/credentials";

/** Ports of a collector's pod. */
export const ports = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  /** The collector's metrics about itself, in Prometheus format. */
  selfMetrics: 8888,
  health: 13133,
} as const;

/** Port on which a kubelet serves its metrics. */
export const kubeletPort = 10250;

/**
 * The API server's own ports, which a network policy sees: 443 where it is managed, 6443 where it was installed, 8443 of
 * minikube, 16443 of MicroK8s.
 */
export const apiServerPorts: readonly number[] = [443, 6443, 8443, 16443];

/** Name servers answer on 53; behind their Service, which a policy sees, those of OpenShift on 5353, of Gardener on 8053. */
export const nameServerPorts: readonly number[] = [53, 5353, 8053];

/** Seconds for which one batch is sent again; a batch that is still refused then is dropped and counted as `send_failed`. */
export const retrySeconds = 300;

/**
 * Bytes of memory for one byte in a queue, which counts data as it will be encoded: measured 5.9 for data points with
 * one short attribute, 4 for small spans, less the more text there is.
 */
export const heapPerQueueByte = 6;

/** Part of the memory limit that full queues may take: clearly below the garbage collector's goal. */
export const queuesPart = 0.4;

/** Bytes that the API server lets a ConfigMap hold, and the values of a Secret. */
export const mostObjectBytes = 1024 * 1024;

/** Names the file into which the program writes its findings as lines of JSON. The manager sets it and reads the file. */
export const findingsFileVariable = "TELEMETRY_FINDINGS_FILE";
