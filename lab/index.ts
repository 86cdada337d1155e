/** The local cluster, the programs that are built for it and for pulumi, and what else a machine needs for both. */
export { ensureBrowser, findBrowser } from "./browser";
export { dropGoCaches, ensureBuilt, goEnvironment, startBuilding, targetNames } from "./build";
export type { Engine } from "./choose";
export { checkPrivileges, isClusterUp, startCluster, stopCluster } from "./local-cluster";
export { chooseTools, clusterNeeds, describeTools, engineNeeds, imageNeeds, testNeeds, type Tools } from "./machine";
