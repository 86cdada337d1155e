import type { ExporterModel, FileReference, PipelineModel, Text } from "./collector/model";
import { credentialFile } from "./credentials/keys";
import type { OtlpOutput, Pipeline, Pipelines, Value } from "./pipelines";

const collectorSignal = { metric: "metrics", trace: "traces", log: "logs" } as const;

/** The pipelines as the collector's configuration needs them: every credential replaced by its file. */
export function collectorModels({ metric, trace, log }: Pipelines): PipelineModel[] {
  return [...metric, ...trace, ...log].map((pipeline) => ({
    signal: collectorSignal[pipeline.signal],
    name: pipeline.name,
    // A trace pipeline has no input settings: it takes everything that is pushed.
    otlp: pipeline.signal === "trace" ? { enabled: true, namespaces: {} } : pipeline.input.otlp,
    transform: pipeline.transform,
    filter: pipeline.filter,
    deltaTemporality: pipeline.signal === "metric" && pipeline.output.otlp.temporality === "delta",
    exporter: exporterModel(pipeline, pipeline.output.otlp),
  }));
}

function exporterModel(pipeline: Pipeline, otlp: OtlpOutput): ExporterModel {
  const file = (field: string): FileReference => credentialFile(pipeline, field);
  /** An address is no credential: it stands in the configuration, unless the user keeps it in a Secret. */
  const address = (field: string, value: Value): Text =>
    value.kind === "literal" && value.plain !== undefined ? { text: value.plain } : file(field);
  const { authentication, tls } = otlp;
  return {
    protocol: otlp.protocol,
    endpoint: address("endpoint", otlp.endpoint),
    path: otlp.path,
    compression: otlp.compression,
    headers: otlp.headers.map(({ name, prefix }, index) => ({ name, prefix, value: file(`headers[${index}]`) })),
    authentication:
      authentication?.kind === "basic"
        ? {
            kind: "basic",
            user: file("authentication.basic.user"),
            password: file("authentication.basic.password"),
          }
        : authentication && {
            kind: "oauth2",
            tokenURL: address("authentication.oauth2.tokenURL", authentication.tokenURL),
            clientID: file("authentication.oauth2.clientID"),
            clientSecret: file("authentication.oauth2.clientSecret"),
            scopes: authentication.scopes,
            params: authentication.params,
          },
    tls: {
      insecure: tls.insecure,
      insecureSkipVerify: tls.insecureSkipVerify,
      ca: tls.ca && file("tls.ca"),
      cert: tls.cert && file("tls.cert"),
      key: tls.key && file("tls.key"),
    },
  };
}
