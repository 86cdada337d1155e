import type * as pulumi from "@pulumi/pulumi";

/**
 * What the rest of the program works with: pipelines after defaults were applied and all checks passed.
 * What users write (and what may be left out) is in `schema.ts`.
 */
export interface Pipelines {
  readonly metric: readonly MetricPipeline[];
  readonly trace: readonly TracePipeline[];
  readonly log: readonly LogPipeline[];
}

/** The signal a pipeline carries; also the kind in component ids and in the merged Secret's keys. */
export type Signal = "metric" | "trace" | "log";

export type Pipeline = MetricPipeline | TracePipeline | LogPipeline;

interface PipelineBase {
  /** Unique among the pipelines of its signal. */
  readonly name: string;
  /** Where it stands in the user's configuration, `metricPipelines[1]` or `FILE#2:spec`; every message starts with it. */
  readonly path: string;
  readonly transform: readonly TransformSpec[];
  readonly filter: readonly FilterSpec[];
  /** Prove delivery with an item of our own. */
  readonly canary: boolean;
}

export interface MetricPipeline extends PipelineBase {
  readonly signal: "metric";
  readonly input: MetricInput;
  readonly output: { readonly otlp: OtlpOutput & { readonly temporality: Temporality } };
}

export interface TracePipeline extends PipelineBase {
  readonly signal: "trace";
  readonly output: { readonly otlp: OtlpOutput };
}

export interface LogPipeline extends PipelineBase {
  readonly signal: "log";
  readonly input: { readonly otlp: OtlpInput };
  readonly output: { readonly otlp: OtlpOutput };
}

/** `preserve` sends points as they came; `delta` turns cumulative sums and histograms into deltas. */
export type Temporality = "preserve" | "delta";

export interface MetricInput {
  readonly otlp: OtlpInput;
  readonly prometheus: PrometheusInput;
  readonly runtime: RuntimeInput;
  readonly istio: IstioInput;
  readonly apiServer: ApiServerInput;
}

/** Telemetry that applications push to the gateway of their node. */
export interface OtlpInput {
  readonly enabled: boolean;
  readonly namespaces: NamespaceSelector;
}

/** Pods and Services annotated with `prometheus.io/scrape: "true"`. */
export interface PrometheusInput {
  readonly enabled: boolean;
  readonly namespaces: NamespaceSelector;
  readonly diagnosticMetrics: boolean;
}

/** Kubelet and cluster state. */
export interface RuntimeInput {
  readonly enabled: boolean;
  readonly namespaces: NamespaceSelector;
  readonly resources: Readonly<Record<RuntimeResource, boolean>>;
  /** Metrics that are off by default, by name; they also override a resource that is off. */
  readonly additionalMetrics: readonly string[];
}

export const runtimeResources = [
  "pod",
  "container",
  "node",
  "volume",
  "daemonset",
  "deployment",
  "statefulset",
  "job",
] as const;
export type RuntimeResource = (typeof runtimeResources)[number];

/** Envoy proxies of an Istio mesh. */
export interface IstioInput {
  readonly enabled: boolean;
  readonly namespaces: NamespaceSelector;
  readonly diagnosticMetrics: boolean;
  readonly envoyMetrics: boolean;
}

/** What the API server says about itself. */
export interface ApiServerInput {
  readonly enabled: boolean;
}

/** At most one of the two lists is there; none means all namespaces. Data without a namespace is never dropped. */
export interface NamespaceSelector {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** OTTL statements, run when one of the conditions holds (or when there are none). */
export interface TransformSpec {
  readonly conditions: readonly string[];
  readonly statements: readonly string[];
}

/** OTTL conditions; an item for which one of them holds is dropped. */
export interface FilterSpec {
  readonly conditions: readonly string[];
}

export interface OtlpOutput {
  readonly protocol: "grpc" | "http";
  readonly endpoint: Value;
  /** Replaces `/v1/metrics`, `/v1/traces` or `/v1/logs`; http only. */
  readonly path?: string;
  readonly compression: Compression;
  readonly headers: readonly Header[];
  readonly authentication?: Authentication;
  readonly tls: Tls;
}

export const compressions = ["none", "gzip", "snappy", "zstd"] as const;
export type Compression = (typeof compressions)[number];

export interface Header {
  readonly name: string;
  readonly value: Value;
  /** Put before the value with one space between, for example `Bearer`. */
  readonly prefix?: string;
}

export type Authentication =
  | { readonly kind: "basic"; readonly user: Value; readonly password: Value }
  | {
      readonly kind: "oauth2";
      readonly tokenURL: Value;
      readonly clientID: Value;
      readonly clientSecret: Value;
      readonly scopes: readonly string[];
      readonly params: Readonly<Record<string, string>>;
    };

export interface Tls {
  /** No TLS at all; also when an endpoint that stands in the configuration itself starts with `http://`. */
  readonly insecure: boolean;
  /** TLS without checking the backend's certificate. */
  readonly insecureSkipVerify: boolean;
  readonly ca?: Value;
  readonly cert?: Value;
  readonly key?: Value;
}

/** A string given directly, or a key of a Secret that is read from the cluster on each update. */
export type Value = LiteralValue | SecretKeyReference;

export interface LiteralValue {
  readonly kind: "literal";
  /**
   * Always wrapped by `pulumi.secret` for credentials. An endpoint and a token URL are none: where they stand in the
   * configuration itself, `plain` has their text, because it decides ports of NetworkPolicies and stands in messages.
   */
  readonly value: pulumi.Output<string>;
  readonly plain?: string;
  /** Whether the text itself stands in the configuration, and is not an Output that a program gave. */
  readonly written?: true;
}

export interface SecretKeyReference {
  readonly kind: "secretKeyRef";
  readonly name: string;
  readonly namespace: string;
  readonly key: string;
}

/** What holds for all pipelines of the stack. */
export interface TelemetrySettings {
  readonly clusterName?: string;
  readonly enrichments: {
    /** Pod labels that become resource attributes `k8s.pod.label.<key>`. */
    readonly extractPodLabels: readonly PodLabelSelector[];
    /** Set `service.*` by the OpenTelemetry conventions for Kubernetes. */
    readonly service: boolean;
  };
  /** Seconds between two collections, per pull input. */
  readonly collectionInterval: Readonly<Record<"prometheus" | "runtime" | "istio" | "apiServer", number>>;
  readonly scraping: ScrapingSettings;
  readonly kubelet: {
    /** Whether any certificate of a kubelet is taken, instead of those that the cluster's authority has signed. */
    readonly insecureSkipVerify: boolean;
    /** Family of the address that nodes have first. */
    readonly ipFamily: "IPv4" | "IPv6";
  };
  /** Whether workloads are in an Istio mesh; `auto` finds out by the kinds that the API server has. */
  readonly istioMode: "auto" | "on" | "off";
  /** What the workloads may reach whatever their pipelines need, as CIDRs. */
  readonly egress: readonly string[];
  readonly gateway: GatewaySettings;
  readonly agent: WorkloadSettings;
  readonly validation: ValidationSettings;
  readonly verification: VerificationSettings;
  readonly monitoring: MonitoringSettings;
}

/** How the collector's configurations are validated before anything changes. */
export interface ValidationSettings {
  /** `full` is locally and in the cluster. */
  readonly mode: "full" | "local" | "off";
  /** Path of a collector on this machine; looked for on PATH if left out. */
  readonly collector?: string;
  /** Longest wait for the pod in the cluster. */
  readonly timeoutSeconds: number;
}

/** Whether and how it is proven that backends take data. */
export interface VerificationSettings {
  readonly mode: "always" | "onChange" | "off";
  readonly timeoutSeconds: number;
  readonly onUnhealthy: "warn" | "fail";
}

/** Which objects for Prometheus and Grafana are made. */
export interface MonitoringSettings {
  /** The `PodMonitor` and the `PrometheusRule`; `auto` finds out by the kinds that the API server has. */
  readonly mode: "auto" | "on" | "off";
  /** The ConfigMap for Grafana; `auto` is together with the others. */
  readonly dashboard: "auto" | "on" | "off";
  /** Further labels, by which a Prometheus or Grafana picks its objects. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How annotated targets are scraped. */
export interface ScrapingSettings {
  readonly tls: { readonly insecureSkipVerify: boolean; readonly ca?: string; readonly serverName?: string };
  /** What one answer of a target may hold; a larger one is dropped as a whole. */
  readonly limits: { readonly samples: number; readonly bodyBytes: number };
  /** Where targets on the network of their node are, as CIDRs. */
  readonly hostNetworks: readonly string[];
}

/** What users may change about a workload; what is left out has a default that depends on the pipelines. */
export interface WorkloadSettings {
  readonly image?: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** CPU in millicores, memory in bytes. */
  readonly resources: { readonly cpuMillis?: number; readonly memoryRequest?: number; readonly memoryLimit?: number };
  /** All taints are tolerated if left out, by what runs on every node. */
  readonly tolerations?: readonly Toleration[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface GatewaySettings extends WorkloadSettings {
  /** Services under the names that each signal had of its own. */
  readonly legacyServices: boolean;
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export type PodLabelSelector = { readonly key: string } | { readonly keyPrefix: string };
