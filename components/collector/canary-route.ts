import type { Components, ServicePipeline } from "./config";
import { signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";
import { ottlString } from "./text";

/**
 * The route of a canary: an item that proves that a backend accepts data while no application sends any. Only processes
 * in the collector's own pod can reach the receiver of canaries. From there, a canary goes straight to the exporter of
 * the pipeline that it names. No processor can drop or change it.
 */

/** Address that canaries are pushed to by OTLP/HTTP. Only a port-forward reaches it, which requires its own right. */
export const canaryAddress = { host: "127.0.0.1", port: 4319 } as const;

/** Resource attribute that names the pipeline of a canary. */
export const canaryAttribute = "telemetry.canary.pipeline";

const receiver = "otlp/canary";

export interface CanaryComponents {
  readonly receivers: Components;
  readonly connectors: Components;
  /** By their ids. */
  readonly pipelines: Readonly<Record<string, ServicePipeline>>;
}

/** Returns the components that route canaries to each pipeline that wants them; none if no pipeline does. */
export function canaryComponents(
  branches: readonly { readonly pipeline: PipelineModel; readonly exporter: { readonly id: string } }[],
): CanaryComponents {
  const wanted = branches.filter(({ pipeline }) => pipeline.canary);
  if (wanted.length === 0) return { receivers: {}, connectors: {}, pipelines: {} };
  const signals = [...new Set(wanted.map(({ pipeline }) => pipeline.signal))];
  return {
    receivers: {
      [receiver]: { protocols: { http: { endpoint: `${canaryAddress.host}:${canaryAddress.port}` } } },
    },
    connectors: Object.fromEntries(
      signals.map((signal) => [
        router(signal),
        {
          table: wanted
            .filter(({ pipeline }) => pipeline.signal === signal)
            .map(({ pipeline }) => ({
              context: "resource",
              condition: `attributes[${ottlString(canaryAttribute)}] == ${ottlString(pipeline.name)}`,
              pipelines: [branch(pipeline)],
            })),
        },
      ]),
    ),
    pipelines: Object.fromEntries<ServicePipeline>([
      ...signals.map((signal): [string, ServicePipeline] => [
        `${signal}/canaries`,
        { receivers: [receiver], processors: [], exporters: [router(signal)] },
      ]),
      ...wanted.map(({ pipeline, exporter }): [string, ServicePipeline] => [
        branch(pipeline),
        { receivers: [router(pipeline.signal)], processors: [], exporters: [exporter.id] },
      ]),
    ]),
  };
}

function router(signal: Signal): string {
  return signalComponent("routing", "canaries", signal);
}

function branch({ signal, name }: PipelineModel): string {
  return `${signal}/canary-${name}`;
}
