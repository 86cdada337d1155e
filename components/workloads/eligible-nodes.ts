import type { types } from "@pulumi/kubernetes";

type Requirement = types.input.core.v1.NodeSelectorRequirement;

/** Labels of nodes without a Linux kernel of their own that pods share: each pod there is a virtual machine elsewhere. */
const virtualNodes: readonly (readonly [label: string, value: string])[] = [
  // AWS Fargate.
  ["eks.amazonaws.com/compute-type", "fargate"],
  // The virtual kubelet, also in Azure (virtual nodes) and Alibaba Cloud (elastic container instances).
  ["type", "virtual-kubelet"],
  // Azure's second generation of virtual nodes.
  ["virtualization", "virtualnode2"],
  // Tencent Cloud's super nodes.
  ["node.kubernetes.io/instance-type", "eklet"],
  // Liqo: other clusters as nodes.
  ["liqo.io/type", "virtual-node"],
];

const osLabel = "kubernetes.io/os";

/** Selects nodes whose system can run the images of this program. */
export const linuxOnly: Readonly<Record<string, string>> = { [osLabel]: "linux" };

const requirements: Requirement[] = [
  { key: osLabel, operator: "In", values: ["linux"] },
  // A node without the label also matches.
  ...virtualNodes.map(([key, value]) => ({ key, operator: "NotIn", values: [value] })),
];

/**
 * Admits the nodes on which a collector can work: Linux nodes that are machines. Virtual nodes run no DaemonSets, apply
 * no NetworkPolicies, and have no kubelet to collect from. Tolerations alone would admit them: a pod that tolerates all
 * taints also tolerates those that keep others off. Kubernetes requires the user's `nodeSelector` in addition.
 */
export const eligibleNodes: types.input.core.v1.NodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: requirements }] },
};
