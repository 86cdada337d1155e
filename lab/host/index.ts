/** This machine, as tasks and builds see it: where things are, how programs run, and what two of them must not do at once. */
export { withLock } from "./lock.mjs";
export { bin, cacheHome, clusterKubeconfig, clusterState, local, root } from "./paths";
export { Failure, Interrupted, cleanUp, endBackground, findOnPath, lastLines, must, run } from "./process";
