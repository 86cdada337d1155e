/** Facts about the cluster that decide which objects are made, read once by one process. */
export { clusterFactsReader, clusterUid, kubernetesMinor, type ReadClusterFacts } from "./cluster-facts";
export type { ClusterFacts } from "./read-facts";
