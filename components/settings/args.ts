import type * as pulumi from "@pulumi/pulumi";

/**
 * What a program writes, field by field as in a stack's configuration. Only texts in `value` may be Outputs: everything
 * else decides which objects exist, and has to be known when the program runs. The schemas say the same to the
 * parser; a test keeps the two together.
 */
export interface PipelinesArgs {
  /** Namespace that is made for all objects. Defaults to `telemetry`. */
  namespace?: string;
  /** Whether pulumi refuses to delete the namespace, which ends the preview of a `destroy`. Defaults to false. */
  protect?: boolean;
  metricPipelines?: MetricPipelineArgs[];
  tracePipelines?: TracePipelineArgs[];
  logPipelines?: LogPipelineArgs[];
  /** Files with `MetricPipeline`, `TracePipeline` and `LogPipeline` manifests, from the folder of Pulumi.yaml. */
  pipelineFiles?: string[];
  metric?: MetricSettingsArgs;
  enrichments?: EnrichmentsArgs;
  istio?: IstioSettingsArgs;
  network?: NetworkArgs;
  gateway?: GatewaySettingsArgs;
  agent?: AgentSettingsArgs;
  /** How configurations are validated before anything changes. */
  validation?: ValidationSettingsArgs;
  verification?: VerificationArgs;
  /** Alerts and a dashboard about gateway and agent themselves. */
  monitoring?: MonitoringArgs;
}

interface PipelineArgs {
  /** Unique among the pipelines of its kind: lower-case letters, digits, `-` and `.`, at most 200 characters. */
  name: string;
  /** Changes to the data, in this order. */
  transform?: TransformArgs[];
  /** What to drop, decided after all transforms. */
  filter?: FilterArgs[];
  /** What proves that the backend takes data when nobody sends any. Defaults to on. */
  canary?: SwitchArgs;
}

export interface MetricPipelineArgs extends PipelineArgs {
  input?: MetricInputArgs;
  output: { otlp: MetricOtlpOutputArgs };
}

/** Traces come in by OTLP only, from all namespaces. */
export interface TracePipelineArgs extends PipelineArgs {
  output: { otlp: OtlpOutputArgs };
}

export interface LogPipelineArgs extends PipelineArgs {
  input?: LogInputArgs;
  output: { otlp: OtlpOutputArgs };
}

/** Switches a part on or off. */
export interface SwitchArgs {
  enabled?: boolean;
}

/** `include` or `exclude`, not both; neither means all namespaces. Data without a namespace is never left out. */
export interface NamespaceSelectorArgs {
  /** Not empty. */
  include?: string[];
  exclude?: string[];
}

export interface OtlpInputArgs {
  /** Defaults to true. */
  enabled?: boolean;
  /** Defaults to all namespaces. */
  namespaces?: NamespaceSelectorArgs;
}

export interface LogInputArgs {
  /** What applications push. */
  otlp?: OtlpInputArgs;
  /** Only there for manifests that have it: containers' output files are not read, so `enabled` must be false. */
  runtime?: SwitchArgs;
}

export interface MetricInputArgs {
  /** What applications push. */
  otlp?: OtlpInputArgs;
  /** Pods and Services annotated with `prometheus.io/scrape: "true"`. */
  prometheus?: PrometheusInputArgs;
  /** Kubelets and the cluster's state. */
  runtime?: RuntimeInputArgs;
  /** Proxies of an Istio mesh. */
  istio?: IstioInputArgs;
  /** What the API server says about itself. Off by default. */
  apiServer?: SwitchArgs;
}

interface PullInputArgs {
  /** Defaults to false. */
  enabled?: boolean;
  /** Defaults to all but the system namespaces. */
  namespaces?: NamespaceSelectorArgs;
}

export interface PrometheusInputArgs extends PullInputArgs {
  /** The scraper's own metrics about each target, such as `up`. Off by default. */
  diagnosticMetrics?: SwitchArgs;
}

export interface RuntimeInputArgs extends PullInputArgs {
  resources?: RuntimeResourcesArgs;
  /** Metrics that are off by default, by name; also of resources that are switched off. See `runtimeMetrics`. */
  additionalMetrics?: string[];
}

/** Which resources have metrics. All are on by default. */
export interface RuntimeResourcesArgs {
  pod?: SwitchArgs;
  container?: SwitchArgs;
  node?: SwitchArgs;
  volume?: SwitchArgs;
  daemonset?: SwitchArgs;
  deployment?: SwitchArgs;
  statefulset?: SwitchArgs;
  job?: SwitchArgs;
}

export interface IstioInputArgs extends PullInputArgs {
  /** The scraper's own metrics about each proxy. Off by default. */
  diagnosticMetrics?: SwitchArgs;
  /** Also the metrics whose names start with `envoy_`. Off by default. */
  envoyMetrics?: SwitchArgs;
}

/** OTTL. Every path starts with its context, such as `resource.` or `span.`. */
export interface TransformArgs {
  /** The statements run where one of them holds, or always if there are none. */
  conditions?: string[];
  /** At least one. A statement that fails on an item is logged and skipped. */
  statements?: string[];
}

/** OTTL. An item is dropped where one of the conditions holds. */
export interface FilterArgs {
  /** At least one. */
  conditions?: string[];
}

/** Text that is given directly or read from a Secret: `value` or `valueFrom`. */
export interface ValueArgs {
  value?: pulumi.Input<string>;
  valueFrom?: ValueSourceArgs;
}

export interface ValueSourceArgs {
  /** A key of a Secret in any namespace, read on each update. */
  secretKeyRef: { name: string; namespace: string; key: string };
}

export interface OtlpOutputArgs {
  /** `grpc` or `http`. Defaults to `grpc`. */
  protocol?: "grpc" | "http";
  /** With `grpc` host and port; with `http` a URL, to which `/v1/metrics`, `/v1/traces` or `/v1/logs` is added. */
  endpoint: ValueArgs;
  /** Added to the endpoint instead of `/v1/metrics`, `/v1/traces` or `/v1/logs`. Only with `http`. */
  path?: string;
  /**
   * `none`, `gzip`, `snappy` or `zstd`. Defaults to `none` when the endpoint is a string with the name of a Service of
   * the cluster, otherwise to `gzip`.
   */
  compression?: "none" | "gzip" | "snappy" | "zstd";
  /** `basic` or `oauth2`. */
  authentication?: AuthenticationArgs;
  headers?: HeaderArgs[];
  /** Defaults to TLS with the system's authorities. */
  tls?: TlsArgs;
}

export interface MetricOtlpOutputArgs extends OtlpOutputArgs {
  /** `preserve` sends points as they came, `delta` turns cumulative ones into deltas. Defaults to `preserve`. */
  temporality?: "preserve" | "delta";
}

export interface AuthenticationArgs {
  basic?: { user: ValueArgs; password: ValueArgs };
  /** Client credentials. With `grpc` only over TLS. */
  oauth2?: OAuth2Args;
}

export interface OAuth2Args {
  /** An absolute `http` or `https` URL. */
  tokenURL: ValueArgs;
  clientID: ValueArgs;
  clientSecret: ValueArgs;
  scopes?: string[];
  /** Further parameters of the token request; not treated as secret. */
  params?: Record<string, string>;
}

export interface HeaderArgs extends ValueArgs {
  name: string;
  /** Put before the value, with one space between. */
  prefix?: string;
}

export interface TlsArgs {
  /** Send without TLS. Not together with certificates. Defaults to false. */
  insecure?: boolean;
  /** Use TLS but do not check the backend's certificate. Defaults to false. */
  insecureSkipVerify?: boolean;
  /** Authorities that may sign the backend's certificate, as PEM. */
  ca?: ValueArgs;
  /** Client certificate as PEM, followed by its intermediates. Only together with `key`. */
  cert?: ValueArgs;
  /** Private key of the client certificate as PEM, not encrypted. Only together with `cert`. */
  key?: ValueArgs;
}

/** Time between two collections, such as `30s` or `1m30s`; from one second to a day. */
export interface MetricSettingsArgs {
  /** Of every input that collects. Defaults to `30s`. */
  collectionInterval?: string;
  prometheus?: PrometheusSettingsArgs;
  runtime?: {
    collectionInterval?: string;
    kubelet?: {
      /** Take any certificate of a kubelet, for clusters whose kubelets sign their own. Defaults to false. */
      insecureSkipVerify?: boolean;
      /** Family of the address that nodes have first, `status.hostIP` of their pods. Defaults to `IPv4`. */
      ipFamily?: "IPv4" | "IPv6";
    };
  };
  istio?: { collectionInterval?: string };
  apiServer?: { collectionInterval?: string };
}

export interface PrometheusSettingsArgs {
  collectionInterval?: string;
  /** How targets with `https` are verified. `ca` is PEM and defaults to the system's authorities. */
  tls?: { insecureSkipVerify?: boolean; ca?: string; serverName?: string };
  /** What one answer of a target may hold. Defaults to 50,000 samples and `20M`. */
  limits?: { samples?: number; bodySize?: string };
  /** CIDRs in which targets on their node's own network are. None by default. */
  hostNetworks?: string[];
}

export interface IstioSettingsArgs {
  /** Whether workloads are in a mesh. Defaults to `auto`, which looks whether the cluster has Istio's kinds. */
  mode?: "auto" | "on" | "off";
}

export interface NetworkArgs {
  /** CIDRs that gateway and agent may reach on every port, beyond name servers, API server and backends. None by default. */
  egress?: string[];
}

export interface EnrichmentsArgs {
  /** `name` becomes the resource attribute `k8s.cluster.name`. */
  cluster?: { name?: string };
  /** Labels of pods that become resource attributes `k8s.pod.label.<key>`. */
  extractPodLabels?: PodLabelArgs[];
  /** Resource attributes `service.*` where applications set none. On by default. */
  service?: SwitchArgs;
}

/** `key` for one label, or `keyPrefix` for all whose keys start so. */
export interface PodLabelArgs {
  key?: string;
  keyPrefix?: string;
}

/** How configurations are validated before anything changes. */
export interface ValidationSettingsArgs {
  /** `full` (here, if a collector is found, and in the cluster), `local` or `off`. Defaults to `full`. */
  mode?: "full" | "local" | "off";
  /** Path of a collector on this machine. Defaults to `otelcol-contrib` on PATH. */
  collector?: string;
  /** Longest wait for the pod in the cluster. Defaults to `3m`. */
  timeout?: string;
}

/** The gateway's workload. */
export interface GatewaySettingsArgs extends AgentSettingsArgs {
  /** Requests default to `100m` and `128Mi`. */
  resources?: ResourcesArgs;
  /** Also the Services `telemetry-otlp-metrics`, `-traces` and `-logs`. Off by default. */
  legacyServices?: boolean;
}

/** The metric agent's workloads. */
export interface AgentSettingsArgs {
  /** Defaults to the stock contrib image this version is made for. */
  image?: string;
  /** Defaults to `info`. */
  logLevel?: "debug" | "info" | "warn" | "error";
  /**
   * Requests default to `50m` and `128Mi`, for the cluster's state to `20m` and `96Mi`, for the API server to `10m` and
   * `64Mi`.
   */
  resources?: ResourcesArgs;
  /** Defaults to all taints for what runs on every node, to none for what the scheduler places. */
  tolerations?: TolerationArgs[];
  /** Defaults to all nodes. */
  nodeSelector?: Record<string, string>;
  /** Further labels of the pods. */
  labels?: Record<string, string>;
  /** Further annotations of the pods. */
  annotations?: Record<string, string>;
}

export interface ResourcesArgs {
  requests?: { cpu?: string; memory?: string };
  /** Defaults to what the pipelines need; at least `192Mi`. Queues are sized from it. */
  limits?: { memory?: string };
}

export interface TolerationArgs {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** The proof, at the end of an update, that backends take data. */
export interface VerificationArgs {
  /** Defaults to `always`. */
  mode?: "always" | "onChange" | "off";
  /** Longest time in seconds, from 15 to 600. Defaults to 60. */
  timeoutSeconds?: number;
  /** Defaults to `warn`. */
  onUnhealthy?: "warn" | "fail";
}

/** Objects for Prometheus and Grafana. */
export interface MonitoringArgs {
  /** `PodMonitor` and `PrometheusRule`. Defaults to `auto`: where the cluster has these kinds. */
  mode?: "auto" | "on" | "off";
  /** A ConfigMap that Grafana's sidecar loads. Defaults to `auto`: together with the others. */
  dashboard?: "auto" | "on" | "off";
  /** Further labels of these objects. */
  labels?: Record<string, string>;
}
