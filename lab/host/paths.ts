import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout. */
export const root = resolve(__dirname, "../..");

/** Links to programs, stamps and caches of this checkout. Git ignores it, and you may remove it at any time. */
export const local = join(root, ".toolchain");

/** Links to the built programs. Every task has this folder on its PATH. */
export const bin = join(local, "bin");

/** State and kubeconfig of the local cluster. */
export const clusterState = join(root, ".cluster");
export const clusterKubeconfig = join(clusterState, "kubeconfig");

/** The cache that all checkouts of this user share, in the place that the XDG base directory specification defines. */
export function cacheHome(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "telemetry-pipelines");
}
