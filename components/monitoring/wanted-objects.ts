import { runJobSync, type ClusterAccess } from "../outside";
import type { MonitoringSettings } from "../settings";

/** Group of the Prometheus Operator's kinds, in the version that they all have. */
export const operatorApi = { group: "monitoring.coreos.com", version: "v1" } as const;

/** Which objects are made. */
export interface WantedObjects {
  readonly podMonitor: boolean;
  readonly prometheusRule: boolean;
  readonly dashboard: boolean;
}

export type ReadKinds = () => readonly string[];

/** Reads which of the Prometheus Operator's kinds the API server has. */
export function operatorKindReader(access: ClusterAccess): ReadKinds {
  return () => runJobSync("api-kinds", { access, ...operatorApi }, 15);
}

/**
 * Which objects are made. With `auto`, the cluster is asked, and `warn` told if it does not answer: then there are none,
 * because an object of a kind that is not there would end the update.
 */
export function wantedObjects(
  { mode, dashboard }: MonitoringSettings,
  read: ReadKinds,
  warn: (message: string) => void,
): WantedObjects {
  const { podMonitor, prometheusRule } = operatorObjects(mode, read, warn);
  const both = podMonitor || prometheusRule;
  return { podMonitor, prometheusRule, dashboard: dashboard === "auto" ? both : dashboard === "on" };
}

function operatorObjects(
  mode: MonitoringSettings["mode"],
  read: ReadKinds,
  warn: (message: string) => void,
): Omit<WantedObjects, "dashboard"> {
  if (mode !== "auto") return { podMonitor: mode === "on", prometheusRule: mode === "on" };
  try {
    const kinds = read();
    return { podMonitor: kinds.includes("PodMonitor"), prometheusRule: kinds.includes("PrometheusRule") };
  } catch {
    warn(
      "monitoring.mode is auto, but the cluster could not be asked whether it has the Prometheus Operator's kinds: " +
        'taken for no. Set monitoring.mode to "on" or "off".',
    );
    return { podMonitor: false, prometheusRule: false };
  }
}
