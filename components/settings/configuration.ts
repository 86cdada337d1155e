import { z } from "zod";
import { defaultNamespace } from "../workloads/names";
import { field, flag, struct } from "../schema/fields";
import { logPipeline } from "./log-pipeline";
import { metricPipeline } from "./metric-pipeline";
import { labelName, labelRule } from "../schema/kubernetes-names";
import { monitoring } from "./monitoring-settings";
import { enrichments, istioSettings, metricSettings, networkSettings, validationSettings } from "./stack-settings";
import { agentSettings, gatewaySettings } from "./workload-settings";
import { tracePipeline } from "./trace-pipeline";
import { verification } from "./verification-settings";
import type { Signal } from "./types";

/** One schema per kind of pipeline. */
export const pipelineSchemas = { metric: metricPipeline, trace: tracePipeline, log: logPipeline } as const;

/** The key of the configuration that holds the pipelines of a signal. */
export const pipelineKeys = { metric: "metricPipelines", trace: "tracePipelines", log: "logPipelines" } as const;
export const signals = Object.keys(pipelineKeys) as Signal[];

const item = {
  description: "One pipeline.",
  example: "{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }",
};
const file = { description: "Path of a file, from the folder of Pulumi.yaml.", example: "pipelines/shop.yaml" };

/** All that is read from a stack's configuration here, each key in the project's namespace: `telemetry:metricPipelines`. */
export const configuration = struct({
  namespace: field(labelName().default(defaultNamespace), {
    description: "Namespace that is made for gateway and agent.",
    example: "telemetry",
    rule: `Made of ${labelRule}; at most 63 characters.`,
  }),
  protect: flag(false, "Whether pulumi refuses to delete the namespace, which ends the preview of a destroy."),
  metricPipelines: field(z.array(field(metricPipeline, item)).default([]), {
    description: "Pipelines for metrics.",
    example: `[${item.example}]`,
  }),
  tracePipelines: field(z.array(field(tracePipeline, item)).default([]), {
    description: "Pipelines for traces.",
    example: `[${item.example}]`,
  }),
  logPipelines: field(z.array(field(logPipeline, item)).default([]), {
    description: "Pipelines for logs that applications push.",
    example: `[${item.example}]`,
  }),
  pipelineFiles: field(z.array(field(z.string().min(1, "is empty"), file)).default([]), {
    description:
      "Files with manifests of the kinds `MetricPipeline`, `TracePipeline` and `LogPipeline`, read as they are.",
    example: `[${file.example}]`,
  }),
  metric: metricSettings,
  enrichments,
  istio: istioSettings,
  network: networkSettings,
  gateway: gatewaySettings,
  agent: agentSettings,
  validation: validationSettings,
  verification,
  monitoring,
});

export type WrittenMetricPipeline = z.output<typeof metricPipeline>;
export type WrittenTracePipeline = z.output<typeof tracePipeline>;
export type WrittenLogPipeline = z.output<typeof logPipeline>;
export type WrittenSettings = Pick<
  z.output<typeof configuration>,
  "metric" | "enrichments" | "istio" | "network" | "gateway" | "agent" | "validation" | "verification" | "monitoring"
>;
