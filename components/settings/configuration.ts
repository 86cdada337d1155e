/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { defaultNamespace, signalNames, signals, type Signal } from "../contract";
import { inputs, type InputDefinition } from "../inputs";
import { field, flag, labelRule, ownNamespaceName, struct } from "../schema";
import { logAgentSettings } from "./log-agent-settings";
import { logPipeline } from "./log-pipeline";
import { metricPipeline } from "./metric-pipeline";
import { monitoring } from "./monitoring-settings";
import { enrichments, istioSettings, metricSettings, networkSettings, validationSettings } from "./stack-settings";
import { tracePipeline } from "./trace-pipeline";
import { verification } from "./verification-settings";
import { agentSettings, gatewaySettings } from "./workload-settings";

/** One schema per kind of pipeline. */
export const pipelineSchemas = { metrics: metricPipeline(inputs), traces: tracePipeline, logs: logPipeline } as const;

/** The key of the configuration that holds the pipelines of a signal. */
export const pipelineKeys = Object.fromEntries(signalNames.map((signal) => [signal, signals[signal].pipelines])) as {
  readonly [One in Signal]: (typeof signals)[One]["pipelines"];
};

const item = {
  description: "One pipeline.",
  example: "{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }",
};
const file = { description: "Path of a file, from the folder of Pulumi.yaml.", example: "pipelines/shop.yaml" };

/**
 * Returns the schema of a stack's configuration. Each key is in the project's namespace: `telemetry:metricPipelines`.
 * It is made from a list of inputs, so that all generated files contain all of them.
 */
export const configurationWith = <const List extends readonly InputDefinition[]>(list: List) =>
  struct({
    namespace: field(ownNamespaceName().default(defaultNamespace), {
      description:
        "Namespace that the program creates for gateway and agent. It must not exist yet, unless this stack created it.",
      example: "telemetry",
      rule: `Made of ${labelRule}; at most 63 characters. Not \`default\`, and none that starts with \`kube-\` or \`openshift\`.`,
    }),
    existingNamespace: flag(
      false,
      "Whether the namespace exists already and belongs to others. The program then adds the labels of Pod Security to it, so that only restricted pods start there, and `destroy` leaves it.",
    ),
    protect: flag(false, "Whether pulumi refuses to delete the namespace. A preview of `destroy` then fails."),
    metricPipelines: field(z.array(field(metricPipeline(list), item)).default([]), {
      description: "Pipelines for metrics.",
      example: `[${item.example}]`,
    }),
    tracePipelines: field(z.array(field(tracePipeline, item)).default([]), {
      description: "Pipelines for traces.",
      example: `[${item.example}]`,
    }),
    logPipelines: field(z.array(field(logPipeline, item)).default([]), {
      description: "Pipelines for logs: those that applications push, and those that containers write.",
      example: `[${item.example}]`,
    }),
    pipelineFiles: field(z.array(field(z.string().min(1, "is empty"), file)).default([]), {
      description:
        "Files with manifests of the kinds `MetricPipeline`, `TracePipeline` and `LogPipeline`, read unchanged.",
      example: `[${file.example}]`,
      rule: "Each file has at least one pipeline.",
    }),
    allowNoPipelines: flag(
      false,
      "Whether the stack may have no pipelines. By default, no pipelines are an error, because the update would remove gateway and agent.",
    ),
    metric: metricSettings(list),
    enrichments,
    istio: istioSettings,
    network: networkSettings,
    gateway: gatewaySettings,
    agent: agentSettings,
    logAgent: logAgentSettings,
    validation: validationSettings,
    verification,
    monitoring,
  });

export const configuration = configurationWith(inputs);

export type WrittenConfiguration = z.output<typeof configuration>;
export type WrittenMetricPipeline = z.output<typeof pipelineSchemas.metrics>;
export type WrittenTracePipeline = z.output<typeof tracePipeline>;
export type WrittenLogPipeline = z.output<typeof logPipeline>;
