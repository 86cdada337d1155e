import type { MonitorKind } from "../contract";
import type { LabelSelector } from "../schema";

/** A ServiceMonitor or PodMonitor as the API server returns it. Its spec is checked later. */
export interface MonitorObject {
  readonly kind: MonitorKind;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: unknown;
  /** Bytes of a monitor that was not read because of its size. It has no spec. */
  readonly unreadBytes?: number;
}

/** A key of a Secret or ConfigMap. */
export interface KeyReference {
  readonly name: string;
  readonly key: string;
}

export interface SecretOrConfigMap {
  readonly secret?: KeyReference;
  readonly configMap?: KeyReference;
}

/** TLS settings. `skipVerify` is `insecureSkipVerify`. */
export interface MonitorTls {
  readonly ca?: SecretOrConfigMap;
  readonly cert?: SecretOrConfigMap;
  readonly keySecret?: KeyReference;
  readonly serverName?: string;
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface MonitorProxy {
  readonly proxyUrl?: string;
  readonly noProxy?: string;
  readonly proxyFromEnvironment?: boolean;
  readonly proxyConnectHeader?: Readonly<Record<string, readonly KeyReference[]>>;
}

export interface MonitorOAuth2 extends MonitorProxy {
  readonly clientId?: SecretOrConfigMap;
  readonly clientSecret?: KeyReference;
  readonly tokenUrl?: string;
  readonly scopes?: readonly string[];
  readonly endpointParams?: Readonly<Record<string, string>>;
  readonly tlsConfig?: MonitorTls;
}

/** A relabeling rule as the operator's objects write it. */
export interface MonitorRelabeling {
  readonly sourceLabels?: readonly string[];
  readonly separator?: string;
  readonly targetLabel?: string;
  readonly regex?: string;
  readonly modulus?: number;
  readonly replacement?: string;
  readonly action?: string;
}

/** Returns the action of a rule, which Prometheus reads in capital letters, too. */
export const actionOf = (written: string | undefined): string => (written || "replace").toLowerCase();

/** Actions that write a text, made of labels or of the rule's own, to a label. */
export const textActions: readonly string[] = ["replace", "lowercase", "uppercase"];

/** Actions whose regular expression searches the values of labels. */
export const searchingActions: readonly string[] = ["replace", "keep", "drop"];

/** An endpoint of either kind. */
export interface MonitorEndpoint extends MonitorProxy {
  readonly port?: string;
  readonly portNumber?: number;
  readonly targetPort?: string | number;
  readonly path?: string;
  readonly scheme?: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly interval?: string;
  readonly scrapeTimeout?: string;
  readonly honorLabels?: boolean;
  readonly honorTimestamps?: boolean;
  readonly trackTimestampsStaleness?: boolean;
  readonly metricRelabelings?: readonly MonitorRelabeling[];
  readonly relabelings?: readonly MonitorRelabeling[];
  readonly filterRunning?: boolean;
  readonly followRedirects?: boolean;
  readonly enableHttp2?: boolean;
  readonly tlsConfig?: MonitorTls;
  readonly basicAuth?: { readonly username?: KeyReference; readonly password?: KeyReference };
  readonly authorization?: { readonly type?: string; readonly credentials?: KeyReference };
  readonly oauth2?: MonitorOAuth2;
  readonly bearerTokenSecret?: KeyReference;
  readonly bearerTokenFile?: string;
}

/** The spec of either kind. */
export interface MonitorSpec {
  readonly jobLabel?: string;
  readonly targetLabels?: readonly string[];
  readonly podTargetLabels?: readonly string[];
  readonly endpoints?: readonly MonitorEndpoint[];
  readonly podMetricsEndpoints?: readonly MonitorEndpoint[];
  readonly selector: LabelSelector;
  readonly selectorMechanism?: string;
  readonly namespaceSelector?: { readonly any?: boolean; readonly matchNames?: readonly string[] };
  readonly sampleLimit?: number;
  readonly targetLimit?: number;
  readonly labelLimit?: number;
  readonly labelNameLengthLimit?: number;
  readonly labelValueLengthLimit?: number;
  readonly keepDroppedTargets?: number;
  readonly bodySizeLimit?: string;
  readonly scrapeProtocols?: readonly string[];
  readonly fallbackScrapeProtocol?: string;
  readonly scrapeNativeHistograms?: boolean;
  readonly scrapeClassicHistograms?: boolean;
  readonly nativeHistogramBucketLimit?: number;
  readonly nativeHistogramMinBucketFactor?: string | number;
  readonly convertClassicHistogramsToNHCB?: boolean;
  readonly extraScrapeMetrics?: boolean;
  readonly attachMetadata?: { readonly node?: boolean };
  readonly scrapeClass?: string;
  readonly serviceDiscoveryRole?: string;
}
