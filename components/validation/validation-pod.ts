import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { objectLabels } from "../contract";

type PodSpec = types.input.core.v1.PodSpec;
type Container = types.input.core.v1.Container;

export interface WorkloadPod {
  /** Name of the workload. */
  readonly name: string;
  readonly component: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Tolerations of the validation pod. The scheduler places it, even if a controller places the workload's pods. */
  readonly tolerations: readonly types.input.core.v1.Toleration[];
  /** The workload's pod with the configuration of one ConfigMap. It has one container, the collector. */
  readonly pod: (configMap: string) => PodSpec & { readonly containers: Container[] };
}

export interface ValidationPod {
  readonly metadata: types.input.meta.v1.ObjectMeta;
  readonly spec: PodSpec;
}

/**
 * Makes the validation pod from the workload's pod. It has the same image, mounts, variables and rights, so a problem
 * that keeps the workload's container from starting stops this container, too. It serves nothing, and no selector of
 * Services, NetworkPolicies or the workload matches it.
 *
 * The pod has no `activeDeadlineSeconds`: with it, ResourceQuotas with the scope `Terminating` would apply to this pod, and
 * those with `NotTerminating` to the workload's pods. So the program ends the wait and removes the pod. The collector ends
 * by itself, also if the program was killed, and the next validation removes what is left.
 */
export function validationPod(workload: WorkloadPod): ValidationPod {
  const name = `${workload.name}-validation`;
  const spec = workload.pod(name);
  return {
    metadata: {
      name,
      namespace: workload.namespace,
      labels: { ...workload.labels, ...objectLabels(name, workload.component) },
      annotations: workload.annotations,
    },
    spec: {
      ...spec,
      tolerations: [...workload.tolerations],
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      containers: spec.containers.map(validating),
    },
  };
}

function validating(container: Container): Container {
  const { ports, startupProbe, readinessProbe, livenessProbe, lifecycle, ...kept } = container;
  void [ports, startupProbe, readinessProbe, livenessProbe, lifecycle];
  return { ...kept, args: ["validate", ...(container.args as string[])] };
}
