/**
 * What a collector configuration is made from. Nothing here can hold a credential: wherever the user gave one, there
 * is only the path of the file that has it, so no configuration text, diff or golden file can leak it.
 */

/** Text that may stand in the configuration, or the absolute path of a mounted file that has it. */
export type Text = { readonly text: string } | FileReference;

export interface FileReference {
  readonly file: string;
}

/** Signal as the collector's pipelines call it. */
export type PipelineSignal = "metrics" | "traces" | "logs";

export interface PipelineModel {
  readonly signal: PipelineSignal;
  readonly name: string;
  readonly otlp: { readonly enabled: boolean; readonly namespaces: NamespaceSelection };
  /** Metrics only: what is collected for it. */
  readonly pull?: PullSelection;
  readonly transform: readonly {
    readonly conditions: readonly string[];
    readonly statements: readonly string[];
  }[];
  readonly filter: readonly { readonly conditions: readonly string[] }[];
  /** Metrics only: turn cumulative sums and histograms into deltas. */
  readonly deltaTemporality: boolean;
  /** Give canaries a way to its exporter. */
  readonly canary: boolean;
  readonly exporter: ExporterModel;
}

/** What a pipeline wants of each input that collects; an input that is left out is off. */
export interface PullSelection {
  readonly prometheus?: ScrapeSelection;
  readonly istio?: ScrapeSelection & { readonly envoyMetrics: boolean };
  readonly runtime?: { readonly namespaces: NamespaceSelection; readonly metrics: readonly string[] };
  readonly apiServer?: object;
}

export interface ScrapeSelection {
  readonly namespaces: NamespaceSelection;
  /** The scraper's own metrics about each target. */
  readonly diagnosticMetrics: boolean;
}

export interface NamespaceSelection {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

export interface ExporterModel {
  readonly protocol: "grpc" | "http";
  readonly endpoint: Text;
  /** Whether `endpoint` has the path of the signal already; else the exporter adds the usual one. */
  readonly withPath: boolean;
  readonly compression: "none" | "gzip" | "snappy" | "zstd";
  /** All headers, by name. */
  readonly headers?: FileReference;
  /** The authenticator's settings. */
  readonly authentication?: FileReference & { readonly kind: "basic" | "oauth2" };
  readonly tls: {
    readonly insecure: boolean;
    readonly insecureSkipVerify: boolean;
    readonly ca?: FileReference;
    readonly cert?: FileReference;
    readonly key?: FileReference;
  };
}

/** How Kubernetes metadata is added. */
export interface EnrichmentModel {
  /** `k8s.cluster.name` of everything that does not bring its own. */
  readonly clusterName?: string;
  /** Pod labels that become `k8s.pod.label.<key>`. */
  readonly podLabels: readonly ({ readonly key: string } | { readonly keyPrefix: string })[];
  /** Add `service.*` by the OpenTelemetry conventions for Kubernetes. */
  readonly service: boolean;
}

export interface GatewayModel {
  readonly pipelines: readonly PipelineModel[];
  readonly enrichment: EnrichmentModel;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  /** Bytes that each exporter's queue may hold. */
  readonly queueBytes: number;
}

export interface AgentModel {
  readonly pipelines: readonly PipelineModel[];
  readonly enrichment: EnrichmentModel;
  readonly logLevel: GatewayModel["logLevel"];
  readonly queueBytes: number;
  readonly collection: CollectionModel;
}

/** How the inputs collect. */
export interface CollectionModel {
  /** Seconds between two collections. */
  readonly intervals: Readonly<Record<"prometheus" | "runtime" | "istio" | "apiServer", number>>;
  /** How targets with `https` are verified. */
  readonly targetTls: TargetTls;
  readonly kubelet: KubeletSettings;
  /** What one answer of one target may hold at most; a larger one is dropped as a whole. */
  readonly limits: { readonly samples: number; readonly bodyBytes: number };
  /** Whether workloads are in an Istio mesh. */
  readonly mesh: boolean;
  /** Namespace of the lease that decides who collects the cluster's state. */
  readonly leaseNamespace: string;
}

/** How kubelets are asked. */
export interface KubeletSettings {
  /** Whether to take any certificate, instead of those that the cluster's authority has signed. */
  readonly insecureSkipVerify: boolean;
  /** Family of the address that nodes have first. */
  readonly ipFamily: "IPv4" | "IPv6";
}

export interface TargetTls {
  readonly insecureSkipVerify: boolean;
  /** PEM of the authorities; the system's if left out. */
  readonly ca?: string;
  readonly serverName?: string;
}
