/** Facts about the cluster that decide which objects are made, read once by one process. */
export {
  checkManagerStack,
  clusterFactsReader,
  clusterUid,
  kubernetesMinor,
  type ReadClusterFacts,
} from "./cluster-facts";
export { clusterFindings, priorityClassesOf } from "./cluster-findings";
export type { WantedNamespace } from "./namespace-findings";
export type { ClusterFacts } from "./read-facts";
export { sourceFindings, sourceNames } from "./source-findings";
