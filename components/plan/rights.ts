import type { PolicyRule } from "../inputs";

/** Metadata of pods and their nodes; the identity of the cluster is that of one namespace. */
export const enrichmentRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["list", "watch"] },
];
