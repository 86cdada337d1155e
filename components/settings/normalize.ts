/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the types of settings follow from these functions */
import type { Compression } from "../collector";
import { pipelineId, type Signal } from "../contract";
import { inputs, settingsOf, type ContainerLogsSelection, type PullSelections } from "../inputs";
import { bytes, fieldsOf, type NamespaceSelection, normalizePem, seconds, type WrittenValue } from "../schema";
import { endpointTarget, isPlaintext } from "./checks";
import type { WrittenLogPipeline, WrittenMetricPipeline, WrittenTracePipeline } from "./configuration";
import { addressValue, secretValue } from "./normalize-value";
import { outputValueTable } from "./output-value-table";
import { serviceName } from "./service-names";
import type { Value } from "./types";

/** Facts that a pipeline's schema cannot know. */
export interface PipelineContext {
  /** The pipeline's place in the user's configuration, `metricPipelines[1]` or `FILE#2:spec`. */
  readonly path: string;
  /** Namespaces that pull inputs leave out unless the user names namespaces. */
  readonly systemNamespaces: readonly string[];
}

export type Pipeline = ReturnType<typeof normalizePipeline>;

type Written = WrittenMetricPipeline | WrittenTracePipeline | WrittenLogPipeline;

/** Converts a written pipeline, with defaults applied, to the form that the rest of the program uses. */
export function normalizePipeline(signal: Signal, written: Written, around: PipelineContext) {
  const { name, transform, filter, canary } = written;
  const input = "input" in written ? written.input : undefined;
  return {
    /** `metricPipelines/backend`. */
    id: pipelineId({ signal, name }),
    signal,
    /** Unique among the pipelines of its signal. */
    name,
    /** Start of every message about the pipeline. */
    path: around.path,
    transform,
    filter,
    /** Whether verifications prove delivery with a canary. */
    canary: canary.enabled,
    /** The pushed data that it takes. Traces come from all namespaces. */
    otlp: {
      enabled: input?.otlp.enabled ?? true,
      namespaces: selector(input?.otlp.namespaces ?? {}),
      unknownNamespace:
        input?.otlp.unknownNamespace ?? (input?.otlp.namespaces.include === undefined ? "accept" : "reject"),
    },
    /** The data that collectors pull for it, by the key of the inputs' setting, without inputs that are off. */
    pull: signal === "metrics" ? pullSelections((written as WrittenMetricPipeline).input, around) : {},
    /** The container logs that it takes; missing if it takes none. */
    ...(signal === "logs" && containerLogs((written as WrittenLogPipeline).input, around)),
    output: { otlp: output(written.output.otlp, around) },
  };
}

function containerLogs(
  { runtime: { enabled, namespaces, containers, keepOriginalBody } }: WrittenLogPipeline["input"],
  { systemNamespaces }: PipelineContext,
): { readonly containerLogs?: ContainerLogsSelection } {
  if (!enabled) return {};
  return {
    containerLogs: {
      namespaces: selector(namespaces ?? { exclude: systemNamespaces }),
      containers: selector(containers),
      keepOriginalBody,
    },
  };
}

/** Returns the inputs that the user has turned on, with their namespaces if the input offers that choice. */
function pullSelections(input: WrittenMetricPipeline["input"], { systemNamespaces }: PipelineContext): PullSelections {
  const on = settingsOf(inputs).filter(({ key }) => input[key].enabled);
  return Object.fromEntries(
    on.map(({ key, pipeline }) => {
      const selection = input[key];
      const { namespaces: chosen } = selection as { readonly namespaces?: NamespaceSelection };
      const namespaces = selector(chosen ?? { exclude: systemNamespaces });
      return [key, "namespaces" in fieldsOf(pipeline) ? { ...selection, namespaces } : selection];
    }),
  );
}

/** Sorts names and removes duplicates, so that their order in the configuration makes no difference. */
export const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].sort();

function selector({ include, exclude }: NamespaceSelection): NamespaceSelection {
  if (include) return { include: sortedSet(include) };
  return exclude && exclude.length > 0 ? { exclude: sortedSet(exclude) } : {};
}

type WrittenOutput = WrittenTracePipeline["output"]["otlp"] & Partial<WrittenMetricPipeline["output"]["otlp"]>;

function output(written: WrittenOutput, { path }: PipelineContext) {
  const at = `${path}.output.otlp`;
  const { basic, oauth2 } = written.authentication ?? {};
  const { ca, cert, key, ...tls } = written.tls;
  const valueOf = (field: string, value: WrittenValue): Value => normalizeValue(field, value, `${at}.${field}`);
  const endpoint = valueOf("endpoint", written.endpoint);
  const address = endpoint.kind === "literal" ? endpoint.plain : undefined;
  /** Whether TLS is off: by `tls.insecure`, or by `http://` in an endpoint in the configuration itself. */
  const plaintext = tls.insecure || (address !== undefined && isPlaintext(address));
  return {
    protocol: written.protocol,
    endpoint,
    /** Path instead of `/v1/metrics`, `/v1/traces` or `/v1/logs`; only with `http`. */
    path: written.path,
    compression: written.compression ?? usualCompression(address, plaintext),
    headers: written.headers.map(({ name, prefix, ...value }, i) => ({
      name,
      value: valueOf(`headers[${i}]`, value),
      /** Put before the value with one space between, for example `Bearer`. */
      ...(prefix?.trim() ? { prefix: prefix.trim() } : {}),
    })),
    authentication: {
      ...(basic && {
        basic: {
          user: valueOf("authentication.basic.user", basic.user),
          password: valueOf("authentication.basic.password", basic.password),
        },
      }),
      ...(oauth2 && {
        oauth2: {
          tokenURL: valueOf("authentication.oauth2.tokenURL", oauth2.tokenURL),
          clientID: valueOf("authentication.oauth2.clientID", oauth2.clientID),
          clientSecret: valueOf("authentication.oauth2.clientSecret", oauth2.clientSecret),
          scopes: oauth2.scopes,
          params: oauth2.params,
        },
      }),
    },
    plaintext,
    keepaliveSeconds: seconds(written.keepalive),
    /** Seconds for which a batch is retried. */
    retrySeconds: seconds(written.retry.maxElapsedTime),
    /** Bytes of the queue, if the user sets them. */
    ...(written.queue.size !== undefined && { queueBytes: bytes(written.queue.size) }),
    tls: {
      ...tls,
      ...(ca && { ca: valueOf("tls.ca", ca) }),
      ...(cert && { cert: valueOf("tls.cert", cert) }),
      ...(key && { key: valueOf("tls.key", key) }),
    },
    /** `preserve` sends points as they came; `delta` turns cumulative sums and histograms into deltas. */
    temporality: written.temporality ?? ("preserve" as const),
  };
}

/**
 * Returns the default compression. `none` to Services of the cluster: compression takes half of a gateway's CPU time.
 * `gzip` to all other addresses, and to secret ones: traffic out of a cluster is expensive. Every OTLP server accepts
 * both. See docs/gateway.md.
 */
function usualCompression(address: string | undefined, plaintext: boolean): Compression {
  const host = address === undefined ? undefined : endpointTarget(address)?.host;
  const service = host === undefined ? undefined : serviceName(host);
  // Telemetry that leaves the cluster is assumed to use TLS, so an ambiguous address without TLS is a Service.
  return service && (service.certain || plaintext) ? "none" : "gzip";
}

function normalizeValue(field: string, written: WrittenValue, path: string): Value {
  const row = outputValueTable.find((one) => one.field === field.replace(/\[\d+\]$/, "[]"));
  return row?.kind === "address"
    ? addressValue(written, path)
    : secretValue(written, path, row?.pem ? normalizePem : undefined);
}
