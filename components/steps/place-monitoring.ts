import type * as pulumi from "@pulumi/pulumi";
import { Monitoring, type WatchedCollector } from "../monitoring";
import type { CollectorPlan } from "../plan";
import { queuesOf } from "../sizing";
import type { Parsed } from "./parse-step";
import type { Planned } from "./plan-step";

/** Makes alerts and a dashboard about the collectors, if there are any. */
export function placeMonitoring(
  resourceName: string,
  namespace: pulumi.Output<string>,
  { namespace: namespaceName, settings, facts }: Parsed,
  { plans }: Planned,
  options: pulumi.ComponentResourceOptions,
): void {
  if (plans.length === 0) return;
  const operatorKinds = (): readonly string[] => facts().operatorKinds;
  const collectors = plans.map(watched);
  new Monitoring(
    `${resourceName}-monitoring`,
    { namespace, namespaceName, collectors, settings: settings.monitoring, operatorKinds },
    options,
  );
}

const watched = ({ name, kind, namespace, resources: { memoryLimit }, served }: CollectorPlan): WatchedCollector => ({
  name,
  kind,
  ...(namespace !== undefined && { namespace }),
  memoryLimit,
  // The log agent has its own budgets.
  retries: kind === "log-agent" ? [] : served.map(({ exporter }) => exporter.retrySeconds),
  hasOwnQueues: kind !== "log-agent" && queuesOf(served).own.length > 0,
});
