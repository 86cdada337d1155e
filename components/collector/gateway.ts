import { canaryComponents } from "./canary";
import {
  commonService,
  components,
  memoryLimiter,
  merge,
  podIp,
  ports,
  type CollectorConfig,
  type ServicePipeline,
} from "./config";
import { enrichment } from "./enrichment";
import { exporterComponents } from "./exporter";
import { signalComponent } from "./ids";
import { isolation } from "./isolation";
import type { GatewayModel, PipelineModel, PipelineSignal } from "./model";
import { pipelineProcessors, pushedNamespaces } from "./pipeline";
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

/** The gateway's configuration: per signal one intake with enrichment, then one branch per pipeline. */
export function gatewayConfig({ pipelines, enrichment: enrichmentModel, ...model }: GatewayModel): CollectorConfig {
  const served = gatewayPipelines(pipelines);
  const present = signals.filter((signal) => served.some((pipeline) => pipeline.signal === signal));
  const intakes = present.map((signal) => ({ signal, chain: enrichment(signal, enrichmentModel) }));
  const branches = served.map((pipeline) => ({
    pipeline,
    chain: [
      ...pushedNamespaces(pipeline),
      ...pipelineProcessors(pipeline, deltaStaleness),
      ...isolation(pipeline, served),
    ],
    exporter: exporterComponents(pipeline, model.queueBytes),
  }));
  const canaries = canaryComponents(branches);
  const common = commonService(model.logLevel);
  const extensions = merge([common.extensions, ...branches.map(({ exporter }) => exporter.extensions)]);
  return {
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `${podIp}:${ports.otlpGrpc}` },
          http: { endpoint: `${podIp}:${ports.otlpHttp}` },
        },
      },
      ...canaries.receivers,
    },
    processors: {
      memory_limiter: memoryLimiter,
      ...components([...intakes, ...branches].flatMap(({ chain }) => chain)),
    },
    connectors: { ...Object.fromEntries(present.map((signal) => [fanOut(signal), {}])), ...canaries.connectors },
    exporters: merge(branches.map(({ exporter }) => exporter.exporters)),
    extensions,
    service: {
      extensions: Object.keys(extensions).sort(),
      telemetry: common.telemetry,
      pipelines: Object.fromEntries<ServicePipeline>([
        ...intakes.map(({ signal, chain }): [string, ServicePipeline] => [
          `${signal}/intake`,
          {
            receivers: ["otlp"],
            processors: ["memory_limiter", ...chain.map(({ id }) => id)],
            exporters: [fanOut(signal)],
          },
        ]),
        ...branches.map(({ pipeline, chain, exporter }): [string, ServicePipeline] => [
          `${pipeline.signal}/pipeline-${pipeline.name}`,
          {
            receivers: [fanOut(pipeline.signal)],
            processors: chain.map(({ id }) => id),
            exporters: [exporter.id],
          },
        ]),
        ...Object.entries(canaries.pipelines),
      ]),
    },
  };
}

/** The same pipelines in any order give the same bytes, so nothing rolls without a reason. */
export function renderGatewayConfig(model: GatewayModel): string {
  return renderYaml(gatewayConfig(model));
}

function fanOut(signal: PipelineSignal): string {
  return signalComponent("forward", "pipelines", signal);
}
