import type { PolicyRule } from "../inputs";

/** Rights to read the metadata of pods and nodes. */
export const enrichmentRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["list", "watch"] },
];
