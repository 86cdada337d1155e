import {
  assemble,
  branch,
  enrichment,
  grpcRequestBytes,
  pipelineProcessors,
  podAddress,
  pushedNamespaces,
  queueOf,
  renderYaml,
  sharedBatches,
  sharingBranch,
  signalComponent,
  type CollectorConfig,
  type ComponentChain,
  type EnrichmentModel,
  type LogLevel,
  type PipelineModel,
  type ServicePipeline,
  type SharedBatches,
  type StatementGroup,
} from "../collector";
import { ports, signalNames, type Signal } from "../contract";

/** The input of the gateway's configuration. */
export interface GatewayModel {
  readonly pipelines: readonly PipelineModel[];
  readonly enrichment: EnrichmentModel;
  readonly logLevel: LogLevel;
  /** Bytes of each exporter's queue, unless the pipeline sets its own size. */
  readonly queueBytes: number;
}

/** Returns the pipelines that the gateway serves. It rejects signals that no pipeline wants: senders get an error. */
export function gatewayPipelines<Model extends PipelineModel>(pipelines: readonly Model[]): Model[] {
  return pipelines
    .filter(({ otlp }) => otlp.enabled)
    .sort((a, b) => signalNames.indexOf(a.signal) - signalNames.indexOf(b.signal) || (a.name < b.name ? -1 : 1));
}

/**
 * Returns the gateway's configuration: per signal one intake with enrichment, then one branch per pipeline. If several
 * pipelines send a signal unchanged, they share its batches.
 */
export function gatewayConfig({ pipelines, enrichment: enrichmentModel, ...model }: GatewayModel): CollectorConfig {
  const { queueBytes } = model;
  const served = gatewayPipelines(pipelines);
  const present = signalNames.filter((signal) => served.some((pipeline) => pipeline.signal === signal));
  const intakes = present.map((signal) => ({
    signal,
    chain: enrichment(signal, enrichmentModel, { first: signal === "logs" ? [observedTime] : [] }),
  }));
  const smallestQueue = (some: readonly PipelineModel[]): number =>
    Math.min(...some.map((pipeline) => queueOf(pipeline, queueBytes)));
  const shared = new Map<Signal, SharedBatches>(
    present
      .map((signal) => ({
        signal,
        sharing: served.filter((pipeline) => pipeline.signal === signal && !hasOwnData(pipeline)),
      }))
      .filter(({ sharing }) => sharing.length > 1)
      .map(({ signal, sharing }) => [signal, sharedBatches(signal, fanOut(signal), smallestQueue(sharing))]),
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
          http: {
            endpoint: podAddress(ports.otlpHttp),
            max_request_body_size: largestHttpRequest(smallestQueue(served)),
            // Each connection ends with its answer. A gateway that ends closes idle connections, and a request that meets a
            // closing connection is lost: Go's exporter does not retry it. Without idle connections, each request begins with
            // a connection to a gateway that the Service still has. Later collectors call it `keepalive`.
            keep_alives_enabled: false,
          },
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

/** Sets the observed time of log records that lack it. Backends could not order a record without any time. */
const observedTime: StatementGroup = {
  statements: ["set(log.observed_time, Now()) where log.observed_time_unix_nano == 0"],
};

/** Largest request in bytes that the receiver accepts over HTTP by default. */
const httpRequestBytes = 20 * 1024 * 1024;

/**
 * Returns the largest accepted HTTP request in bytes: every queue can hold it. The smallest queue could not hold a larger
 * one. Its pipeline would lose the request, and the sender would not know. So the sender gets an error.
 */
function largestHttpRequest(smallestQueue: number): number {
  return Math.max(grpcRequestBytes, Math.min(httpRequestBytes, smallestQueue));
}

/** Returns the processors of one pipeline: its choice of namespaces, then the user's transform and filter. */
function ownProcessors(pipeline: PipelineModel): ComponentChain {
  return [...pushedNamespaces(pipeline), ...pipelineProcessors(pipeline)];
}

/** Returns whether a pipeline changes or filters the signal, so that it cannot share batches. */
function hasOwnData(pipeline: PipelineModel): boolean {
  return ownProcessors(pipeline).length > 0;
}

/** Renders the configuration. The order of the pipelines does not change its bytes, so no rollout starts needlessly. */
export function renderGatewayConfig(model: GatewayModel): string {
  return renderYaml(gatewayConfig(model));
}

function fanOut(signal: Signal): string {
  return signalComponent("forward", "pipelines", signal);
}
