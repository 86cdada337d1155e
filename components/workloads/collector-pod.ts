import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { selectorLabels } from "../contract";
import { certificatesVolume } from "../mesh";
import type { Toleration, WorkloadSettings } from "../settings";
import { collectorContainer } from "./collector-container";
import { eligibleNodes } from "./eligible-nodes";
import { hostVolumes } from "./host-files";
import type { CollectorWorkloadArgs } from "./placing";
import { everyNode, hostFilesPod, restrictedPod } from "./pods";

/** Seconds that a stopping collector has to send the content of its queues. */
const flushSeconds = 25;

/** Names of the objects that a pod of the collector refers to. */
interface PodObjects {
  readonly serviceAccount: pulumi.Input<string>;
  readonly priorityClass: pulumi.Input<string>;
  readonly configMap: pulumi.Input<string>;
}

export type CollectorPod = k8s.types.input.core.v1.PodSpec & { containers: k8s.types.input.core.v1.Container[] };

/** Returns the pod of a collector, with the names of the objects that it refers to. */
export function podSpec(args: CollectorWorkloadArgs, objects: PodObjects): CollectorPod {
  const { plan, workload, credentials } = args;
  const isEverywhere = plan.workload.kind === "DaemonSet";
  return {
    nodeSelector: workload.nodeSelector,
    ...(workload.imagePullSecrets && { imagePullSecrets: [...workload.imagePullSecrets] }),
    serviceAccountName: objects.serviceAccount,
    automountServiceAccountToken: true,
    priorityClassName: objects.priorityClass,
    tolerations: [...(isEverywhere ? (workload.tolerations ?? everyNode) : whereScheduled(workload))],
    affinity: { nodeAffinity: eligibleNodes, ...(!isEverywhere && { podAntiAffinity: onDifferentNodes(plan.name) }) },
    terminationGracePeriodSeconds: plan.workload.drainSeconds + flushSeconds,
    securityContext: plan.hostFiles
      ? { ...hostFilesPod, seLinuxOptions: plan.hostFiles.seLinuxOptions }
      : restrictedPod,
    containers: [collectorContainer(args)],
    volumes: [
      { name: "config", configMap: { name: objects.configMap } },
      ...hostVolumes(plan),
      ...(credentials === undefined
        ? []
        : [{ name: "credentials", secret: { secretName: credentials, defaultMode: 0o440 } }]),
      ...(plan.inMesh ? [certificatesVolume.volume] : []),
    ],
  };
}

/**
 * Returns the tolerations of pods that the scheduler places, unless the user sets others. By default there are none:
 * Kubernetes also uses taints to keep pods off cordoned or lost nodes and to move pods away from them. A user who sets
 * `nodeSelector` wants these nodes, tainted or not.
 */
export function whereScheduled({ tolerations, nodeSelector }: WorkloadSettings): readonly Toleration[] {
  if (tolerations !== undefined) return tolerations;
  return Object.keys(nodeSelector).length > 0 ? [{ operator: "Exists", effect: "NoSchedule" }] : [];
}

const onDifferentNodes = (name: string): k8s.types.input.core.v1.PodAntiAffinity => ({
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      podAffinityTerm: {
        topologyKey: "kubernetes.io/hostname",
        labelSelector: { matchLabels: selectorLabels(name) },
      },
    },
  ],
});
