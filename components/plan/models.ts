import type { ExporterModel, FileReference, PipelineModel, PullSelection } from "../collector/model";
import { joinPath } from "../collector/text";
import { credentialFile, type CredentialPart } from "../credentials/credential-files";
import {
  runtimeMetrics,
  runtimeResources,
  type MetricInput,
  type OtlpOutput,
  type Pipeline,
  type Pipelines,
} from "../settings";

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
    ...(pipeline.signal === "metric" && { pull: pullSelection(pipeline.input) }),
    deltaTemporality: pipeline.signal === "metric" && pipeline.output.otlp.temporality === "delta",
    canary: pipeline.canary,
    exporter: exporterModel(pipeline, pipeline.output.otlp),
  }));
}

function pullSelection({ prometheus, istio, runtime, apiServer }: MetricInput): PullSelection {
  return {
    ...(prometheus.enabled && { prometheus }),
    ...(istio.enabled && { istio }),
    ...(runtime.enabled && { runtime: { namespaces: runtime.namespaces, metrics: wantedRuntimeMetrics(runtime) } }),
    ...(apiServer.enabled && { apiServer: {} }),
  };
}

/** By name: those of the resources that are on, and those that are asked for by name. */
function wantedRuntimeMetrics({ resources, additionalMetrics }: MetricInput["runtime"]): string[] {
  const isOn = (name: string): boolean =>
    runtimeResources.some((resource) => resources[resource] && new RegExp(`^(k8s[.])?${resource}[.]`).test(name));
  return runtimeMetrics
    .filter(({ name, byDefault }) => (byDefault && isOn(name)) || additionalMetrics.includes(name))
    .map(({ name }) => name);
}

function exporterModel(pipeline: Pipeline, otlp: OtlpOutput): ExporterModel {
  const file = (part: CredentialPart): FileReference => credentialFile(pipeline, part);
  const { endpoint, path, headers, authentication, tls } = otlp;
  return {
    protocol: otlp.protocol,
    // An address is no credential: it stands in the configuration, unless the user keeps it in a Secret.
    endpoint:
      endpoint.kind === "literal" && endpoint.plain !== undefined
        ? { text: path === undefined ? endpoint.plain : joinPath(endpoint.plain, path) }
        : file("endpoint"),
    withPath: path !== undefined,
    compression: otlp.compression,
    headers: headers.length > 0 ? file("headers") : undefined,
    authentication: authentication && { kind: authentication.kind, ...file("authentication") },
    tls: {
      insecure: tls.insecure,
      insecureSkipVerify: tls.insecureSkipVerify,
      ca: tls.ca && file("tls.ca"),
      cert: tls.cert && file("tls.cert"),
      key: tls.key && file("tls.key"),
    },
  };
}
