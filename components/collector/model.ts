import type { Signal } from "../contract";
import type { NamespaceSelection } from "../schema";

/*
 * What a collector configuration is made from. Nothing here can hold a credential: wherever the user gave one, there
 * is only the path of the file that has it, so no configuration text, diff or golden file can leak it.
 */

/** Text that may stand in the configuration, or the absolute path of a mounted file that has it. */
type Text = { readonly text: string } | FileReference;

export interface FileReference {
  readonly file: string;
}

export interface PipelineModel {
  /** `metricPipelines/backend`. */
  readonly id: string;
  /** Where it stands in the user's configuration. */
  readonly path: string;
  readonly signal: Signal;
  readonly name: string;
  /** What applications push to it. */
  readonly otlp: {
    readonly enabled: boolean;
    readonly namespaces: NamespaceSelection;
    /** Whether it takes data whose namespace nobody knows. */
    readonly unknownNamespace: "accept" | "reject";
  };
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
  readonly tls: Verification & {
    readonly insecure: boolean;
    readonly ca?: FileReference;
    readonly cert?: FileReference;
    readonly key?: FileReference;
  };
}

/** Whether a client takes any certificate of a server. */
export interface Verification {
  readonly insecureSkipVerify: boolean;
}

/** That setting in the collector's words; nothing where certificates are checked, which is the collector's default. */
export function skippedVerification({ insecureSkipVerify }: Verification): { readonly insecure_skip_verify?: true } {
  return insecureSkipVerify ? { insecure_skip_verify: true } : {};
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

export type LogLevel = "debug" | "info" | "warn" | "error";
