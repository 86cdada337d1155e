import type { Components, ServicePipeline } from "./config";
import { signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";
import { ottlString } from "./text";

/**
 * The way of a canary: an item that proves that a backend takes data when nobody sends any. It is pushed to a receiver
 * that only processes in the collector's own pod can reach, and goes straight to the exporter of the pipeline that it
 * names, past everything that could drop or change it.
 */

/** Where canaries are pushed by OTLP/HTTP. Nothing but a port-forward gets there, which takes a right of its own. */
export const canaryAddress = { host: "127.0.0.1", port: 4319 } as const;

/** Resource attribute that names the pipeline a canary is for. */
export const canaryAttribute = "telemetry.canary.pipeline";

const receiver = "otlp/canary";

export interface CanaryComponents {
  readonly receivers: Components;
  readonly connectors: Components;
  /** By their ids. */
  readonly pipelines: Readonly<Record<string, ServicePipeline>>;
}

/** What gives each pipeline that wants one a way for canaries; nothing when none does. */
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
