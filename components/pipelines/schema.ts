import { z } from "zod";
import { field, struct } from "./fields";
import { logPipeline } from "./log";
import { metricPipeline } from "./metric";
import { enrichments, metricSettings } from "./settings";
import { tracePipeline } from "./trace";
import type { Signal } from "./types";

/** One schema per kind of pipeline. */
export const pipelineSchemas = { metric: metricPipeline, trace: tracePipeline, log: logPipeline } as const;

/** The key of the configuration that holds the pipelines of a signal. */
export const pipelineKeys = { metric: "metricPipelines", trace: "tracePipelines", log: "logPipelines" } as const;
export const signals = Object.keys(pipelineKeys) as Signal[];

/** All that is read from a stack's configuration here, each key in the project's namespace: `telemetry:metricPipelines`. */
export const configuration = struct({
  metricPipelines: field(z.array(metricPipeline).default([]), {
    description: "Pipelines for metrics.",
    example: "[{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }]",
  }),
  tracePipelines: field(z.array(tracePipeline).default([]), {
    description: "Pipelines for traces.",
    example: "[{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }]",
  }),
  logPipelines: field(z.array(logPipeline).default([]), {
    description: "Pipelines for logs that applications push.",
    example: "[{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }]",
  }),
  pipelineFiles: field(z.array(z.string().min(1, "is empty")).default([]), {
    description:
      "Files with manifests of the kinds `MetricPipeline`, `TracePipeline` and `LogPipeline`, read as they are.",
    example: "[pipelines/shop.yaml]",
  }),
  metric: metricSettings,
  enrichments,
});

export type WrittenMetricPipeline = z.output<typeof metricPipeline>;
export type WrittenTracePipeline = z.output<typeof tracePipeline>;
export type WrittenLogPipeline = z.output<typeof logPipeline>;
export type WrittenPipeline = WrittenMetricPipeline | WrittenTracePipeline | WrittenLogPipeline;
export type WrittenSettings = Pick<z.output<typeof configuration>, "metric" | "enrichments">;
