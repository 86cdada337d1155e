import { assemble, branch } from "./assemble";
import { podAddress, ports, type CollectorConfig, type ServicePipeline } from "./config";
import { enrichment } from "./enrichment";
import { batchItems } from "./exporter";
import { signalComponent } from "./ids";
import { sharedBatches } from "./isolation";
import type { GatewayModel, PipelineModel, PipelineSignal } from "./model";
import { pushedNamespaces } from "./pipeline";
import { renderYaml } from "./text";

const signals: readonly PipelineSignal[] = ["metrics", "traces", "logs"];

/**
 * How long the gateway remembers a cumulative series that got no point: longer than the usual export intervals of
 * applications (60 s by the OpenTelemetry SDK specification), short enough that churning series cost no memory for long.
 */
const deltaStaleness = "1h";

/** The pipelines the gateway serves. Data that no pipeline wants is not taken in at all: senders get an error. */
export function gatewayPipelines(pipelines: readonly PipelineModel[]): PipelineModel[] {
  return pipelines
    .filter(({ otlp }) => otlp.enabled)
    .sort((a, b) => signals.indexOf(a.signal) - signals.indexOf(b.signal) || (a.name < b.name ? -1 : 1));
}

/**
 * The gateway's configuration: per signal one intake with enrichment, then one branch per pipeline. Those that take the
 * signal as it is come after batches that are made once for all of them.
 */
export function gatewayConfig({ pipelines, enrichment: enrichmentModel, ...model }: GatewayModel): CollectorConfig {
  const served = gatewayPipelines(pipelines);
  const present = signals.filter((signal) => served.some((pipeline) => pipeline.signal === signal));
  const intakes = present.map((signal) => ({ signal, chain: enrichment(signal, enrichmentModel) }));
  const shared = (signal: PipelineSignal) =>
    sharedBatches(signal, fanOut(signal), batchItems(signal, model.queueBytes));
  const branches = served.map((pipeline) =>
    branch(pipeline, {
      source: fanOut(pipeline.signal),
      shared: shared(pipeline.signal).source,
      served,
      before: pushedNamespaces(pipeline),
      staleness: deltaStaleness,
      queueBytes: model.queueBytes,
    }),
  );
  const used = present.map(shared).filter(({ source }) => branches.some((branch) => branch.source === source));
  const intake = {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: podAddress(ports.otlpGrpc) },
          http: { endpoint: podAddress(ports.otlpHttp) },
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

/** The same pipelines in any order give the same bytes, so nothing rolls without a reason. */
export function renderGatewayConfig(model: GatewayModel): string {
  return renderYaml(gatewayConfig(model));
}

function fanOut(signal: PipelineSignal): string {
  return signalComponent("forward", "pipelines", signal);
}
