import type { ClusterAccess } from "../cluster-access";
import { runJobSync } from "../outside";
import type { ReadMonitors } from "./monitors";
// Declares the job: Pulumi compiles only what is imported.
import type {} from "./read-monitors";

/** Time limit for reading all monitors, in seconds. */
const timeout = 30;

/** Reads monitors from the cluster and blocks: which jobs the agents have depends on them. */
export function monitorReader(access: ClusterAccess): ReadMonitors {
  return (kinds) => runJobSync("read-monitors", { ...access, kinds }, timeout);
}
