import type { Signal } from "../contract";
import type { NamespaceSelection } from "../schema";

/*
 * The input of a collector configuration. No type here can hold a credential: each credential of the user is replaced
 * by the path of the file that contains it. So no configuration text, diff or golden file can leak one.
 */

/** Text that the configuration may contain, or the absolute path of a mounted file that contains it. */
type Text = { readonly text: string } | FileReference;

export interface FileReference {
  readonly file: string;
}

export interface PipelineModel {
  /** `metricPipelines/backend`. */
  readonly id: string;
  /** Its place in the user's configuration. */
  readonly path: string;
  readonly signal: Signal;
  readonly name: string;
  /** Its share of the data that applications push. */
  readonly otlp: {
    readonly enabled: boolean;
    readonly namespaces: NamespaceSelection;
    /** Whether it accepts pushed data without a known namespace. */
    readonly unknownNamespace: "accept" | "reject";
  };
  readonly transform: readonly {
    readonly conditions: readonly string[];
    readonly statements: readonly string[];
  }[];
  readonly filter: readonly { readonly conditions: readonly string[] }[];
  /** Metrics only: whether cumulative sums and histograms are converted to deltas. */
  readonly deltaTemporality: boolean;
  /** Whether canaries get a route to its exporter. */
  readonly canary: boolean;
  readonly exporter: ExporterModel;
}

/** Protocols of OTLP. */
export const protocols = ["grpc", "http"] as const;
export type Protocol = (typeof protocols)[number];

/** Compressions of requests that both exporters offer. */
export const compressions = ["none", "gzip", "snappy", "zstd"] as const;
export type Compression = (typeof compressions)[number];

export interface ExporterModel {
  readonly protocol: Protocol;
  readonly endpoint: Text;
  /** Whether `endpoint` already contains the path of the signal. If not, the exporter appends the default path. */
  readonly withPath: boolean;
  readonly compression: Compression;
  /** Seconds without an answer after which a connection is probed. */
  readonly keepaliveSeconds: number;
  /** Seconds for which a batch is retried, never 0. */
  readonly retrySeconds: number;
  /** Bytes of its queue, if the user has set them. Otherwise, the collector's memory limit decides. */
  readonly queueBytes?: number;
  /** All headers, by name. */
  readonly headers?: FileReference;
  /** The authenticator's settings. */
  readonly authentication?: FileReference & { readonly kind: "basic" | "oauth2" };
  readonly tls: Verification & {
    readonly insecure: boolean;
    readonly ca?: FileReference;
    readonly cert?: FileReference;
    readonly key?: FileReference;
  };
}

/** Whether a client accepts any certificate of a server. */
export interface Verification {
  readonly insecureSkipVerify: boolean;
}

/** Returns the collector's setting for it; nothing if certificates are checked, which is the collector's default. */
export function skippedVerification({ insecureSkipVerify }: Verification): { readonly insecure_skip_verify?: true } {
  return insecureSkipVerify ? { insecure_skip_verify: true } : {};
}

/** The Kubernetes metadata to add. */
export interface EnrichmentModel {
  /** `k8s.cluster.name` of all data whose sender has not set it. */
  readonly clusterName?: string;
  /** Pod labels that become `k8s.pod.label.<key>`. */
  readonly podLabels: readonly ({ readonly key: string } | { readonly keyPrefix: string })[];
  /** Whether `service.*` is added by the OpenTelemetry conventions for Kubernetes. */
  readonly service: boolean;
}

/** Levels of a collector's log, the lowest first. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];
