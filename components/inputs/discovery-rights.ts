import type { PolicyRule } from "./define-input";

/** Returns rights to the objects that discovery of targets watches. It finds annotated Services by their endpoints. */
export const discoveryRights = (only: Pick<PolicyRule, "resourceNames"> = {}): PolicyRule[] => [
  { apiGroups: [""], resources: ["services", "pods"], ...only, verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], ...only, verbs: ["list", "watch"] },
];
