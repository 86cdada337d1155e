/** The door of the lab: the local cluster, the programs built for it and for pulumi, and the packages that both need. */
export { ensureBrowser, findBrowser } from "./browser";
export {
  clusterTargets,
  dropGoCaches,
  engineTargets,
  ensureBuilt,
  goEnvironment,
  imageTargets,
  kindTestTargets,
  kubernetesVersions,
  startBuilding,
  targetNames,
} from "./build";
export type { Engine } from "./choose";
export { type KubernetesRelease, kubernetesOption, kubernetesTarget } from "./kubernetes";
export { checkPrivileges, clusterKubectl, isClusterUp, startCluster, stopCluster } from "./local-cluster";
export { chooseTools, clusterNeeds, describeTools, engineNeeds, imageNeeds, testNeeds, type Tools } from "./machine";
