import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ClusterAccess } from "./credentials";
import type { PipelinesArgs } from "./pipelines";
import type { TelemetryArgs } from "./telemetry";

/** What only an environment without a backend or applications of its own turns on. */
const development = z.strictObject({
  backend: z.boolean().default(false),
  sampleApplication: z.boolean().default(false),
});
export type Development = z.output<typeof development>;

const keys = [
  "namespace",
  "protect",
  "metricPipelines",
  "tracePipelines",
  "logPipelines",
  "pipelineFiles",
  "metric",
  "enrichments",
  "istio",
  "gateway",
  "agent",
  "validation",
  "verification",
  "monitoring",
  "development",
] as const;

/** Reads the stack's configuration. Throws `pulumi.RunError` for what isn't about a pipeline; those are checked where they are used. */
export function readConfiguration(config = new pulumi.Config("telemetry")): {
  telemetry: TelemetryArgs;
  development: Development;
} {
  const problems = unknownKeys(config.name);
  const switches = development.safeParse(config.getObject<unknown>("development") ?? {});
  if (!switches.success) {
    problems.push(
      `telemetry:development: allows only backend and sampleApplication, each true or false (${z.prettifyError(switches.error)})`,
    );
  }
  if (!switches.success || problems.length > 0) {
    throw new pulumi.RunError(`Invalid stack configuration\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
  return {
    telemetry: {
      cluster: clusterAccess(),
      namespace: config.get("namespace"),
      protect: config.getBoolean("protect"),
      metricPipelines: config.getObject<PipelinesArgs["metricPipelines"]>("metricPipelines"),
      tracePipelines: config.getObject<PipelinesArgs["tracePipelines"]>("tracePipelines"),
      logPipelines: config.getObject<PipelinesArgs["logPipelines"]>("logPipelines"),
      pipelineFiles: config.getObject<PipelinesArgs["pipelineFiles"]>("pipelineFiles"),
      metric: config.getObject<PipelinesArgs["metric"]>("metric"),
      enrichments: config.getObject<PipelinesArgs["enrichments"]>("enrichments"),
      istio: config.getObject<PipelinesArgs["istio"]>("istio"),
      gateway: config.getObject<PipelinesArgs["gateway"]>("gateway"),
      agent: config.getObject<PipelinesArgs["agent"]>("agent"),
      validation: config.getObject<PipelinesArgs["validation"]>("validation"),
      verification: config.getObject<PipelinesArgs["verification"]>("verification"),
      monitoring: config.getObject<PipelinesArgs["monitoring"]>("monitoring"),
    },
    development: switches.data,
  };
}

/** A key that nothing reads is a typing error: the setting the user thinks is there would silently not be. */
function unknownKeys(project: string): string[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(`${project}:`))
    .map((key) => key.slice(project.length + 1))
    .filter((key) => !(keys as readonly string[]).includes(key))
    .map((key) => `${project}:${key}: no such setting. Settings are ${keys.join(", ")}`);
}

/** The cluster as the default kubernetes provider finds it: by its own settings in the stack, else as `kubectl` does. */
function clusterAccess(config = new pulumi.Config("kubernetes")): ClusterAccess {
  return { kubeconfig: config.get("kubeconfig"), context: config.get("context") };
}
