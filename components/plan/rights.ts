import type { PolicyRule } from "../inputs";

/** Rights to read the metadata of pods and nodes, and the namespace whose UID identifies the cluster. */
export const enrichmentRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["list", "watch"] },
];
