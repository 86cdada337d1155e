import type { PolicyRule } from "./define-input";

/** What discovery of targets follows; annotated Services are found through their endpoints. */
export const discoveryRights = (only: Pick<PolicyRule, "resourceNames"> = {}): PolicyRule[] => [
  { apiGroups: [""], resources: ["services", "pods"], ...only, verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], ...only, verbs: ["list", "watch"] },
];
