import { joinPath, type ExporterModel, type FileReference, type PipelineModel } from "../collector";
import { credentialFile } from "../credentials";
import type { ContainerLogsSelection, PullSelections } from "../inputs";
import type { CredentialPart, Pipeline } from "../settings";

/** A pipeline in the form that collectors' configurations need: every credential is replaced by its file. */
export interface PlannedPipeline extends PipelineModel {
  /** The data that collectors pull for it. */
  readonly pull: PullSelections;
  /** The container logs that it takes; missing if it takes none. */
  readonly containerLogs?: ContainerLogsSelection;
}

/** Converts the pipelines once for everything that is made from them. */
export function pipelineModels(pipelines: readonly Pipeline[]): PlannedPipeline[] {
  return pipelines.map((pipeline) => {
    const { id, path, signal, name, otlp, pull, containerLogs, transform, filter, canary, output } = pipeline;
    return {
      id,
      path,
      signal,
      name,
      otlp,
      pull,
      ...(containerLogs && { containerLogs }),
      transform,
      filter,
      deltaTemporality: output.otlp.temporality === "delta",
      canary,
      exporter: exporterModel(pipeline),
    };
  });
}

function exporterModel(pipeline: Pipeline): ExporterModel {
  const file = (part: CredentialPart): FileReference => credentialFile(pipeline, part);
  const { protocol, endpoint, path, compression, keepaliveSeconds, retrySeconds, queueBytes } = pipeline.output.otlp;
  const { headers, authentication, tls, plaintext } = pipeline.output.otlp;
  const { ca, cert, key, ...verification } = tls;
  const [kind] = (["basic", "oauth2"] as const).filter((one) => authentication[one] !== undefined);
  return {
    protocol,
    // An address is not a credential: it is written into the configuration, unless the user keeps it in a Secret.
    endpoint:
      endpoint.kind === "literal" && endpoint.plain !== undefined
        ? { text: path === undefined ? endpoint.plain : joinPath(endpoint.plain, path) }
        : file("endpoint"),
    withPath: path !== undefined,
    compression,
    keepaliveSeconds,
    retrySeconds,
    ...(queueBytes !== undefined && { queueBytes }),
    headers: headers.length > 0 ? file("headers") : undefined,
    authentication: kind && { kind, ...file("authentication") },
    tls: {
      ...verification,
      insecure: plaintext,
      ca: ca && file("tls.ca"),
      cert: cert && file("tls.cert"),
      key: key && file("tls.key"),
    },
  };
}
