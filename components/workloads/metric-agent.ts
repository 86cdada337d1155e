import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterStateLease, objectLabels, workloadNames } from "../contract";
import type { CollectorPlan } from "../plan";
import type { WorkloadSettings } from "../settings";
import { CollectorWorkload } from "./collector-workload";
import type { Placing } from "./placing";

/**
 * Holds the lease before the first collector does. A collector waits for as long as a lease lasts before it takes over
 * from another holder. Without a holder it would take the lease while it starts, before its receiver listens to the
 * election: such a receiver starts and never stops, whoever gets the lease later.
 */
const firstHolder = { holderIdentity: "none", leaseDurationSeconds: 15 };

export interface MetricAgentArgs extends Placing {
  /** Plans of the collectors to run. */
  plans: readonly CollectorPlan[];
  /** The user's settings that differ from the default. */
  workload: WorkloadSettings;
}

/** The metric agent: collectors that pull metrics, on every node and, for data of the whole cluster, besides these. */
export class MetricAgent extends pulumi.ComponentResource {
  constructor(resourceName: string, args: MetricAgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("telemetry:index:MetricAgent", resourceName, {}, opts);
    const child = { parent: this };
    for (const plan of args.plans) {
      if (plan.name === workloadNames.agents["cluster-state"]) {
        new k8s.coordination.v1.Lease(
          `${resourceName}-lease`,
          {
            metadata: {
              name: clusterStateLease,
              namespace: args.namespace,
              labels: objectLabels(plan.name, plan.kind),
            },
            spec: firstHolder,
          },
          // The collector writes the holder from now on.
          { ...child, ignoreChanges: ["spec"] },
        );
      }
      new CollectorWorkload(`${resourceName}${plan.suffix}`, { ...args, plan, containerPorts: [] }, child);
    }
    this.registerOutputs({});
  }
}
