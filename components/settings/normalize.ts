import * as pulumi from "@pulumi/pulumi";
import { endpointTarget, isPlaintext } from "./checks/endpoint";
import { normalizePem } from "./checks/pem";
import { error, PipelineConfigError } from "../schema/findings";
import type { WrittenLogPipeline, WrittenMetricPipeline, WrittenSettings, WrittenTracePipeline } from "./configuration";
import { bytes, millicores, seconds } from "../schema/quantities";
import { serviceName } from "./service-names";
import { defaultCollectionInterval } from "./stack-settings";
import {
  runtimeResources,
  type Authentication,
  type Compression,
  type LogPipeline,
  type MetricPipeline,
  type NamespaceSelector,
  type OtlpOutput,
  type RuntimeResource,
  type TelemetrySettings,
  type TracePipeline,
  type Value,
  type WorkloadSettings,
} from "./types";
import type { WrittenValue } from "./values";

/** What a pipeline's schema cannot know. */
export interface Surroundings {
  readonly path: string;
  /** What pull inputs leave out unless the user says otherwise. */
  readonly systemNamespaces: readonly string[];
}

/** From what users write, with defaults, to what the rest of the program works with; see `types.ts`. */
export const normalizers = { metric: metricPipeline, trace: tracePipeline, log: logPipeline };

function metricPipeline(written: WrittenMetricPipeline, around: Surroundings): MetricPipeline {
  const { otlp, prometheus, runtime, istio, apiServer } = written.input;
  const pull = (namespaces: NamespaceSelector | undefined): NamespaceSelector =>
    selector(namespaces ?? { exclude: [...around.systemNamespaces] });
  return {
    signal: "metric",
    ...common(written, around),
    input: {
      otlp: { enabled: otlp.enabled, namespaces: selector(otlp.namespaces) },
      prometheus: {
        enabled: prometheus.enabled,
        namespaces: pull(prometheus.namespaces),
        diagnosticMetrics: prometheus.diagnosticMetrics.enabled,
      },
      runtime: {
        enabled: runtime.enabled,
        namespaces: pull(runtime.namespaces),
        resources: Object.fromEntries(
          runtimeResources.map((name) => [name, runtime.resources[name].enabled]),
        ) as Record<RuntimeResource, boolean>,
        additionalMetrics: set(runtime.additionalMetrics),
      },
      istio: {
        enabled: istio.enabled,
        namespaces: pull(istio.namespaces),
        diagnosticMetrics: istio.diagnosticMetrics.enabled,
        envoyMetrics: istio.envoyMetrics.enabled,
      },
      apiServer: { enabled: apiServer.enabled },
    },
    output: { otlp: { ...output(written.output.otlp, around), temporality: written.output.otlp.temporality } },
  };
}

function tracePipeline(written: WrittenTracePipeline, around: Surroundings): TracePipeline {
  return { signal: "trace", ...common(written, around), output: { otlp: output(written.output.otlp, around) } };
}

function logPipeline(written: WrittenLogPipeline, around: Surroundings): LogPipeline {
  const { enabled, namespaces } = written.input.otlp;
  return {
    signal: "log",
    ...common(written, around),
    input: { otlp: { enabled, namespaces: selector(namespaces) } },
    output: { otlp: output(written.output.otlp, around) },
  };
}

const common = (
  { name, transform, filter, canary }: WrittenTracePipeline | WrittenLogPipeline,
  { path }: Surroundings,
) => ({
  name,
  path,
  transform,
  filter,
  canary: canary.enabled,
});

/** Sets come sorted and without doubles, so that their order in the configuration makes no difference anywhere. */
const set = (names: readonly string[]): string[] => [...new Set(names)].sort();

function selector({ include, exclude }: NamespaceSelector): NamespaceSelector {
  if (include) return { include: set(include) };
  return exclude && exclude.length > 0 ? { exclude: set(exclude) } : {};
}

type WrittenOutput = WrittenTracePipeline["output"]["otlp"];

function output(written: WrittenOutput, { path }: Surroundings): OtlpOutput {
  const at = `${path}.output.otlp`;
  const { tls } = written;
  const endpoint = plainValue(written.endpoint, `${at}.endpoint`);
  const address = endpoint.kind === "literal" ? endpoint.plain : undefined;
  const insecure = tls.insecure || (address !== undefined && isPlaintext(address));
  const pem = (name: "ca" | "cert" | "key"): Value | undefined =>
    tls[name] && secretValue(tls[name], `${at}.tls.${name}`, normalizePem);
  return {
    protocol: written.protocol,
    endpoint,
    path: written.path,
    compression: written.compression ?? usualCompression(address, insecure),
    headers: written.headers.map(({ name, prefix, ...value }, i) => ({
      name,
      value: secretValue(value, `${at}.headers[${i}]`),
      ...(prefix?.trim() ? { prefix: prefix.trim() } : {}),
    })),
    authentication: authentication(written, at),
    tls: {
      insecure,
      insecureSkipVerify: tls.insecureSkipVerify,
      ca: pem("ca"),
      cert: pem("cert"),
      key: pem("key"),
    },
  };
}

/**
 * `none` to Services of the cluster: compressing is half of a gateway's CPU. `gzip` to everything else, and where
 * the address is no plain text: traffic out of a cluster is dear, and every OTLP server takes both. See docs/gateway.md.
 */
function usualCompression(address: string | undefined, insecure: boolean): Compression {
  const host = address === undefined ? undefined : endpointTarget(address)?.host;
  const service = host === undefined ? undefined : serviceName(host);
  // Nobody sends telemetry to the outside without TLS, so what may be either is a Service then.
  return service && (service.certain || insecure) ? "none" : "gzip";
}

function authentication(written: WrittenOutput, path: string): Authentication | undefined {
  const { basic, oauth2 } = written.authentication ?? {};
  const at = `${path}.authentication`;
  if (basic)
    return {
      kind: "basic",
      user: secretValue(basic.user, `${at}.basic.user`),
      password: secretValue(basic.password, `${at}.basic.password`),
    };
  return (
    oauth2 && {
      kind: "oauth2",
      tokenURL: plainValue(oauth2.tokenURL, `${at}.oauth2.tokenURL`),
      clientID: secretValue(oauth2.clientID, `${at}.oauth2.clientID`),
      clientSecret: secretValue(oauth2.clientSecret, `${at}.oauth2.clientSecret`),
      scopes: oauth2.scopes,
      params: oauth2.params,
    }
  );
}

/** A credential: from here on its text is inside a secret Output and nowhere else. */
function secretValue(written: WrittenValue, path: string, change = (text: string) => text): Value {
  if (written.valueFrom) return { kind: "secretKeyRef", ...written.valueFrom.secretKeyRef };
  const value = pulumi.secret(textOf(written, path).apply(change));
  return { kind: "literal", value, ...(typeof written.value === "string" && { written: true }) };
}

/** No credential: what is in the configuration is also there as `plain`. */
function plainValue(written: WrittenValue, path: string): Value {
  if (written.valueFrom) return { kind: "secretKeyRef", ...written.valueFrom.secretKeyRef };
  const plain = typeof written.value === "string" ? { plain: written.value } : {};
  return { kind: "literal", value: textOf(written, path), ...plain };
}

function textOf({ value }: WrittenValue, path: string): pulumi.Output<string> {
  const output = typeof value === "function" ? value() : pulumi.output<unknown>(value);
  return output.apply((text) => {
    if (typeof text === "string") return text;
    throw new PipelineConfigError([error(path, "turned out to be no text", "Give a string, or an Output of one")]);
  });
}

export function settings({
  metric,
  enrichments,
  istio,
  network,
  gateway,
  agent,
  validation,
  verification,
  monitoring,
}: WrittenSettings): TelemetrySettings {
  const interval = (input: "prometheus" | "runtime" | "istio" | "apiServer"): number =>
    seconds(metric[input].collectionInterval ?? metric.collectionInterval ?? defaultCollectionInterval);
  const { ca } = metric.prometheus.tls;
  return {
    ...(enrichments.cluster.name === undefined ? {} : { clusterName: enrichments.cluster.name }),
    enrichments: {
      extractPodLabels: enrichments.extractPodLabels
        .map(({ key, keyPrefix }) => (key === undefined ? { keyPrefix: keyPrefix ?? "" } : { key }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      service: enrichments.service.enabled,
    },
    collectionInterval: {
      prometheus: interval("prometheus"),
      runtime: interval("runtime"),
      istio: interval("istio"),
      apiServer: interval("apiServer"),
    },
    scraping: {
      tls: { ...metric.prometheus.tls, ...(ca === undefined ? {} : { ca: normalizePem(ca) }) },
      limits: { samples: metric.prometheus.limits.samples, bodyBytes: bytes(metric.prometheus.limits.bodySize) },
      hostNetworks: set(metric.prometheus.hostNetworks),
    },
    kubelet: metric.runtime.kubelet,
    istioMode: istio.mode,
    egress: set(network.egress),
    gateway: { ...workloadSettings(gateway), legacyServices: gateway.legacyServices },
    agent: workloadSettings(agent),
    validation: {
      mode: validation.mode,
      collector: validation.collector,
      // The cluster counts whole seconds.
      timeoutSeconds: Math.ceil(seconds(validation.timeout)),
    },
    verification,
    monitoring,
  };
}

function workloadSettings(written: WrittenSettings["agent"]): WorkloadSettings {
  const { image, logLevel, tolerations, nodeSelector, labels, annotations } = written;
  const { requests, limits } = written.resources;
  return {
    ...(image === undefined ? {} : { image }),
    ...(tolerations === undefined ? {} : { tolerations }),
    logLevel,
    nodeSelector,
    labels,
    annotations,
    resources: {
      ...(requests.cpu === undefined ? {} : { cpuMillis: millicores(requests.cpu) }),
      ...(requests.memory === undefined ? {} : { memoryRequest: bytes(requests.memory) }),
      ...(limits.memory === undefined ? {} : { memoryLimit: bytes(limits.memory) }),
    },
  };
}
