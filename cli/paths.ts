import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout. */
export const root = resolve(__dirname, "..");

/** Links to programs, stamps and caches of this checkout. Ignored by git; may be removed at any time. */
export const local = join(root, ".toolchain");

/** Links to the programs that were built: on the PATH of everything that runs here. */
export const bin = join(local, "bin");

/** State and kubeconfig of the local cluster. */
export const clusterState = join(root, ".cluster");
export const clusterKubeconfig = join(clusterState, "kubeconfig");

/** What all checkouts of this user share, as the XDG base directory specification has it. */
export function cacheHome(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "telemetry-pipelines");
}
