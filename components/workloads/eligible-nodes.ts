import type { types } from "@pulumi/kubernetes";
import { linux, osLabels, virtualNodes } from "../contract";

type Requirement = types.input.core.v1.NodeSelectorRequirement;

const [osLabel] = osLabels;

/** Selects nodes whose system can run the images of this program. */
export const linuxOnly: Readonly<Record<string, string>> = { [osLabel]: linux };

const requirements: Requirement[] = [
  { key: osLabel, operator: "In", values: [linux] },
  // A node without the label also matches.
  ...virtualNodes.map(([key, value]) =>
    value === undefined ? { key, operator: "DoesNotExist" } : { key, operator: "NotIn", values: [value] },
  ),
];

/**
 * Admits the nodes on which a collector can work: Linux nodes that are machines. Virtual nodes run no DaemonSets, apply
 * no NetworkPolicies, and have no kubelet to collect from. Tolerations alone would admit them: a pod that tolerates all
 * taints also tolerates those that keep others off. Kubernetes requires the user's `nodeSelector` in addition.
 */
export const eligibleNodes: types.input.core.v1.NodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: requirements }] },
};
