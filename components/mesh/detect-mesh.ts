import type { TelemetrySettings } from "../settings";

/** Reads the names of the API server's groups. */
export type ReadApiGroups = () => readonly string[];

/**
 * Returns whether workloads are in an Istio mesh. `auto` asks the cluster. If the cluster does not answer, the result
 * is `false` and `warn` gets a message.
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
      "istio.mode is auto, but the cluster did not answer whether it has Istio. " +
        'This update assumes "off". Set istio.mode to "on" or "off".',
    );
    return false;
  }
}
