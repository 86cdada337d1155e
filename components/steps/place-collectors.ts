import type * as pulumi from "@pulumi/pulumi";
import { referencedFiles, writtenCredentials } from "../credentials";
import { LogAgent, MetricAgent, OtlpGateway, type Placing } from "../workloads";
import { thisStack } from "./messages";
import type { Parsed } from "./parse-step";
import { gatewayOf, type Planned } from "./plan-step";

/** The surroundings that the workloads of all collectors share. */
export interface CollectorPlacing extends Placing {
  /** Start of the names of resources in the state. */
  readonly resourceName: string;
  readonly options: pulumi.ComponentResourceOptions;
}

/** Makes the gateway, if any pipeline takes pushed data. */
export function placeGateway(
  { resourceName, options, ...placing }: CollectorPlacing,
  { settings }: Parsed,
  planned: Planned,
): OtlpGateway | undefined {
  const plan = gatewayOf(planned);
  return plan && new OtlpGateway(`${resourceName}-gateway`, { ...placing, plan, workload: settings.gateway }, options);
}

/** Makes the metric agent, if any pipeline pulls metrics. */
export function placeAgent(
  { resourceName, options, ...placing }: CollectorPlacing,
  { settings }: Parsed,
  planned: Planned,
): MetricAgent | undefined {
  const plans = planned.plans.filter(({ kind }) => kind === "agent");
  if (plans.length === 0) return undefined;
  return new MetricAgent(`${resourceName}-agent`, { ...placing, plans, workload: settings.agent }, options);
}

/** Makes the log agent with its namespace and the credentials of its pipelines, if a pipeline takes container logs. */
export function placeLogAgent(
  { resourceName, options, namespace, credentials: _, ...placing }: CollectorPlacing,
  { pipelines, settings }: Parsed,
  { plans }: Planned,
  files: Parsed["files"],
): LogAgent | undefined {
  const plan = plans.find(({ kind }) => kind === "log-agent");
  if (plan?.namespace === undefined) return undefined;
  const served = pipelines.filter(({ id }) => plan.served.some((one) => one.id === id));
  return new LogAgent(
    `${resourceName}-log-agent`,
    {
      ...placing,
      stack: thisStack(),
      stackNamespace: namespace,
      plan: { ...plan, namespace: plan.namespace },
      workload: settings.logAgent,
      files: referencedFiles(files, [plan.configuration]),
      written: writtenCredentials(served),
    },
    options,
  );
}
