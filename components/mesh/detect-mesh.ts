import type { ClusterAccess } from "../cluster-access";
import { runJobSync } from "../outside";
import type { TelemetrySettings } from "../settings";
// Declares the job: Pulumi compiles only what is imported.
import type {} from "./read-groups";

export type ReadApiGroups = () => readonly string[];

/** Reads the names of the API server's groups. */
export function apiGroupReader(access: ClusterAccess): ReadApiGroups {
  return () => runJobSync("api-groups", access, 15);
}

/**
 * Whether workloads are in an Istio mesh. With `auto`, the cluster is asked, and `warn` told if it does not answer: then
 * there is none.
 */
export function isInMesh(
  mode: TelemetrySettings["istioMode"],
  read: ReadApiGroups,
  warn: (message: string) => void,
): boolean {
  if (mode !== "auto") return mode === "on";
  try {
    return read().some((group) => group.endsWith(".istio.io"));
  } catch {
    warn(
      "istio.mode is auto, but the cluster could not be asked whether it has Istio: taken for no. " +
        'Set istio.mode to "on" or "off".',
    );
    return false;
  }
}
