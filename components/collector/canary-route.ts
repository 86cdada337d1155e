import type { ComponentChain, Components, ServicePipeline } from "./config";
import { pipelineComponent } from "./ids";
import type { PipelineModel } from "./model";
import { filter } from "./processors";
import { ottlString } from "./text";

/**
 * The route of a canary: an item that proves that a backend accepts data while no application sends any. Only processes
 * in the collector's own pod can reach the receiver of canaries. From there, a canary goes straight to the exporter of
 * the pipeline that it names. The only processor on this route drops the canaries of other pipelines.
 */

/** Address that canaries are pushed to by OTLP/HTTP. Only a port-forward reaches it, which requires its own right. */
export const canaryAddress = { host: "127.0.0.1", port: 4319 } as const;

/** Resource attribute that names the pipeline of a canary. */
export const canaryAttribute = "telemetry.canary.pipeline";

const receiver = "otlp/canary";

export interface CanaryComponents {
  readonly receivers: Components;
  readonly processors: ComponentChain;
  /** By their ids. */
  readonly pipelines: readonly (readonly [string, ServicePipeline])[];
}

/** Returns the components that lead canaries to each pipeline that wants them; none if no pipeline does. */
export function canaryComponents(
  branches: readonly { readonly pipeline: PipelineModel; readonly exporter: { readonly id: string } }[],
): CanaryComponents {
  const wanted = branches
    .filter(({ pipeline }) => pipeline.canary)
    .map(({ pipeline, exporter }) => ({ pipeline, exporter, only: onlyOf(pipeline) }));
  if (wanted.length === 0) return { receivers: {}, processors: [], pipelines: [] };
  return {
    receivers: {
      [receiver]: { protocols: { http: { endpoint: `${canaryAddress.host}:${canaryAddress.port}` } } },
    },
    processors: wanted.map(({ only }) => only),
    pipelines: wanted.map(({ pipeline: { signal, name }, exporter, only }) => [
      `${signal}/canary-${name}`,
      { receivers: [receiver], processors: [only.id], exporters: [exporter.id] },
    ]),
  };
}

/** Returns the filter that drops all canaries but those of one pipeline. */
function onlyOf(pipeline: PipelineModel): ComponentChain[number] {
  const isOther = `resource.attributes[${ottlString(canaryAttribute)}] != ${ottlString(pipeline.name)}`;
  return {
    id: pipelineComponent("filter", "canary", pipeline),
    config: filter(pipeline.signal, [{ conditions: [isOther] }]),
  };
}
