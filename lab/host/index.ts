/** This machine, for tasks and builds: its paths, its processes, and locks between processes. */
export { withLock } from "./lock.mjs";
export { bin, cacheHome, clusterKubeconfig, clusterState, local, root } from "./paths";
export { Failure, Interrupted, cleanUp, endBackground, findOnPath, lastLines, must, run } from "./process";
