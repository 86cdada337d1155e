import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Backend } from "../credentials";
import type { CollectorPlan } from "../plan";
import type { Pipeline, WorkloadSettings } from "../settings";
import type { ValidationPlan } from "../validation";

/** The surroundings that a planned collector requires in the cluster. */
export interface Placing {
  namespace: pulumi.Input<string>;
  /** The stack's namespace, which is part of the names of objects outside of namespaces. Defaults to `namespace`. */
  stackNamespace?: pulumi.Input<string>;
  /** Missing if the cluster did not return it. */
  clusterUid?: string;
  /** Name of the merged Secret, if configurations read its files. */
  credentials?: pulumi.Input<string>;
  /** Returns the addresses of the backends of some pipelines. */
  backends: (of: (pipeline: Pick<Pipeline, "id">) => boolean) => pulumi.Input<readonly Backend[]>;
  validation: ValidationPlan;
  /** Whether the program itself follows rollouts in the cluster. Otherwise the provider's wait applies. */
  followsRollouts: boolean;
}

export interface CollectorWorkloadArgs extends Placing {
  plan: CollectorPlan;
  /** The user's settings that differ from the default. */
  workload: WorkloadSettings;
  /** Ports besides that of its own metrics. */
  containerPorts: readonly k8s.types.input.core.v1.ContainerPort[];
}

/** Returns the addresses of the backends to which the collector sends. */
export function backendsOf({ plan, backends }: CollectorWorkloadArgs): pulumi.Input<readonly Backend[]> {
  return backends(({ id }) => plan.network.backendsOf.includes(id));
}
