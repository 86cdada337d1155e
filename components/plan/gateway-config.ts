import {
  assemble,
  branch,
  enrichment,
  grpcRequestBytes,
  pipelineProcessors,
  podAddress,
  pushedNamespaces,
  renderYaml,
  sharedBatches,
  sharingBranch,
  signalComponent,
  transform,
  type CollectorConfig,
  type ComponentChain,
  type EnrichmentModel,
  type LogLevel,
  type PipelineModel,
  type ServicePipeline,
  type SharedBatches,
} from "../collector";
import { ports, signalNames, type Signal } from "../contract";

/** What the gateway's configuration is made from. */
export interface GatewayModel {
  readonly pipelines: readonly PipelineModel[];
  readonly enrichment: EnrichmentModel;
  readonly logLevel: LogLevel;
  /** Bytes that each exporter's queue may hold. */
  readonly queueBytes: number;
}

/** The pipelines the gateway serves. Data that no pipeline wants is not taken in at all: senders get an error. */
export function gatewayPipelines<Model extends PipelineModel>(pipelines: readonly Model[]): Model[] {
  return pipelines
    .filter(({ otlp }) => otlp.enabled)
    .sort((a, b) => signalNames.indexOf(a.signal) - signalNames.indexOf(b.signal) || (a.name < b.name ? -1 : 1));
}

/**
 * The gateway's configuration: per signal one intake with enrichment, then one branch per pipeline. Where several
 * pipelines take a signal as it is, batches of it are made once for all of them.
 */
export function gatewayConfig({ pipelines, enrichment: enrichmentModel, ...model }: GatewayModel): CollectorConfig {
  const { queueBytes } = model;
  const served = gatewayPipelines(pipelines);
  const present = signalNames.filter((signal) => served.some((pipeline) => pipeline.signal === signal));
  const intakes = present.map((signal) => ({
    signal,
    chain: [...(signal === "logs" ? [observedTime] : []), ...enrichment(signal, enrichmentModel)],
  }));
  const shared = new Map<Signal, SharedBatches>(
    present
      .filter((signal) => served.filter((pipeline) => pipeline.signal === signal && !hasOwnData(pipeline)).length > 1)
      .map((signal) => [signal, sharedBatches(signal, fanOut(signal), queueBytes)]),
  );
  const branches = served.map((pipeline) => {
    const batches = hasOwnData(pipeline) ? undefined : shared.get(pipeline.signal);
    if (batches) return sharingBranch(pipeline, batches.source, queueBytes);
    return branch(pipeline, {
      source: fanOut(pipeline.signal),
      served,
      processors: ownProcessors(pipeline),
      queueBytes,
    });
  });
  const used = [...shared.values()];
  const intake = {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: podAddress(ports.otlpGrpc) },
          http: { endpoint: podAddress(ports.otlpHttp), max_request_body_size: largestHttpRequest(queueBytes) },
        },
      },
    },
    connectors: Object.fromEntries([...present.map(fanOut), ...used.map(({ source }) => source)].map((id) => [id, {}])),
    extensions: {},
    processors: [...intakes.flatMap(({ chain }) => chain), ...used.flatMap(({ processors }) => processors)],
    pipelines: [
      ...intakes.map(({ signal, chain }): [string, ServicePipeline] => [
        `${signal}/intake`,
        {
          receivers: ["otlp"],
          processors: ["memory_limiter", ...chain.map(({ id }) => id)],
          exporters: [fanOut(signal)],
        },
      ]),
      ...used.map(({ pipeline }) => pipeline),
    ],
  };
  return assemble(intake, branches, model.logLevel);
}

/** When a log record was seen is known here at the latest. Backends would not know where to put one without any time. */
const observedTime = {
  id: signalComponent("transform", "observed-time", "logs"),
  config: transform("logs", [{ statements: ["set(log.observed_time, Now()) where log.observed_time_unix_nano == 0"] }]),
};

/** Bytes that the receiver takes in one request over HTTP if nobody tells it otherwise. */
const httpRequestBytes = 20 * 1024 * 1024;

/** What no queue can hold is refused at once, so that its sender knows of it. */
function largestHttpRequest(queueBytes: number): number {
  return Math.max(grpcRequestBytes, Math.min(httpRequestBytes, queueBytes));
}

/** What only one pipeline does: its choice of namespaces, then what the user has written. */
function ownProcessors(pipeline: PipelineModel): ComponentChain {
  return [...pushedNamespaces(pipeline), ...pipelineProcessors(pipeline)];
}

/** Whether a pipeline's data is not simply the signal. */
function hasOwnData(pipeline: PipelineModel): boolean {
  return ownProcessors(pipeline).length > 0;
}

/** The same pipelines in any order give the same bytes, so nothing rolls without a reason. */
export function renderGatewayConfig(model: GatewayModel): string {
  return renderYaml(gatewayConfig(model));
}

function fanOut(signal: Signal): string {
  return signalComponent("forward", "pipelines", signal);
}
