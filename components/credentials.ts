import type { ExporterModel, FileReference, PipelineModel, Text } from "./collector/model";
import type { Authentication, OtlpOutput, Pipeline, Pipelines, Signal, Value } from "./pipelines/types";

/** Where the merged Secret is mounted in gateway and agent. */
export const credentialsFolder = "/credentials";

/** A value of a pipeline that is kept in the merged Secret. */
export interface Credential {
  /** The key in the merged Secret, and the name of the mounted file. */
  readonly key: string;
  /** Where it stands in the user's configuration. */
  readonly path: string;
  readonly value: Value;
  /**
   * How the collector reads it: `text` through a reference in its configuration, which expands what it finds once
   * more, so a `$` has to be doubled in the file; `file` by its own file settings, byte for byte.
   */
  readonly readAs: "text" | "file";
}

/** The pipelines as the collector's configuration needs them: every credential replaced by its file. */
export function collectorModels(pipelines: Pipelines): PipelineModel[] {
  return [...pipelines.metric, ...pipelines.trace, ...pipelines.log].map((pipeline) => convert(pipeline).model);
}

/** Everything of these pipelines that belongs into the merged Secret. */
export function credentialsOf(pipelines: Pipelines): Credential[] {
  return [...pipelines.metric, ...pipelines.trace, ...pipelines.log].flatMap(
    (pipeline) => convert(pipeline).credentials,
  );
}

const collectorSignal = { metric: "metrics", trace: "traces", log: "logs" } as const;

function convert(pipeline: Pipeline): { model: PipelineModel; credentials: Credential[] } {
  const credentials: Credential[] = [];
  const keep = (field: string, location: string, value: Value, readAs: Credential["readAs"]): FileReference => {
    const key = credentialKey(pipeline.signal, pipeline.name, field);
    credentials.push({ key, path: `${pipeline.path}.output.otlp.${location}`, value, readAs });
    return { file: `${credentialsFolder}/${key}` };
  };
  const otlp = pipeline.output.otlp;
  return {
    model: {
      signal: collectorSignal[pipeline.signal],
      name: pipeline.name,
      // A trace pipeline has no input settings: it takes everything that is pushed.
      otlp: pipeline.signal === "trace" ? { enabled: true, namespaces: {} } : pipeline.input.otlp,
      transform: pipeline.transform,
      filter: pipeline.filter,
      deltaTemporality: pipeline.signal === "metric" && pipeline.output.otlp.temporality === "delta",
      exporter: exporterModel(otlp, keep),
    },
    credentials,
  };
}

type Keep = (field: string, location: string, value: Value, readAs: Credential["readAs"]) => FileReference;

function exporterModel(otlp: OtlpOutput, keep: Keep): ExporterModel {
  const { tls } = otlp;
  return {
    protocol: otlp.protocol,
    endpoint: endpointText("endpoint", otlp.endpoint, keep),
    path: otlp.path,
    compression: otlp.compression,
    headers: otlp.headers.map(({ name, prefix, value }, index) => ({
      name,
      prefix,
      value: keep(`header_${index}`, `headers[${index}]`, value, "text"),
    })),
    authentication: otlp.authentication && authenticationModel(otlp.authentication, keep),
    tls: {
      insecure: tls.insecure,
      insecureSkipVerify: tls.insecureSkipVerify,
      ca: tls.ca && keep("ca.pem", "tls.ca", tls.ca, "file"),
      cert: tls.cert && keep("cert.pem", "tls.cert", tls.cert, "file"),
      key: tls.key && keep("key.pem", "tls.key", tls.key, "file"),
    },
  };
}

function authenticationModel(authentication: Authentication, keep: Keep): NonNullable<ExporterModel["authentication"]> {
  switch (authentication.kind) {
    case "basic":
      return {
        kind: "basic",
        user: keep("user", "authentication.basic.user", authentication.user, "text"),
        password: keep("password", "authentication.basic.password", authentication.password, "text"),
      };
    case "oauth2": {
      const { scopes, params } = authentication;
      return {
        kind: "oauth2",
        tokenURL: endpointText("authentication.oauth2.tokenURL", authentication.tokenURL, keep),
        clientID: keep("client-id", "authentication.oauth2.clientID", authentication.clientID, "text"),
        clientSecret: keep("client-secret", "authentication.oauth2.clientSecret", authentication.clientSecret, "text"),
        scopes,
        params,
      };
    }
  }
}

/** An address is no credential: it stands in the configuration, unless the user keeps it in a Secret. */
function endpointText(location: string, value: Value, keep: Keep): Text {
  return value.kind === "literal" && value.plain !== undefined
    ? { text: value.plain }
    : keep(location.split(".").at(-1) ?? location, location, value, "text");
}

/**
 * Names of pipelines have no underscore, so no two pipelines or fields can come to the same key: `a.b` and `a-b` stay
 * two, and so do a metric and a log pipeline of one name.
 */
function credentialKey(signal: Signal, pipeline: string, field: string): string {
  return `${signal}_${pipeline}_${field}`;
}
