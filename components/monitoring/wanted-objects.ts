import type { MonitoringSettings } from "../settings";

/** Which objects are made. */
export interface WantedObjects {
  readonly podMonitor: boolean;
  readonly prometheusRule: boolean;
  readonly dashboard: boolean;
}

/** Reads which of the Prometheus Operator's kinds the API server has. */
export type ReadKinds = () => readonly string[];

/**
 * Decides which objects to create. With `auto`, the cluster's kinds decide. If the cluster does not answer, there is a
 * warning and no object, because the update would fail with an object of a missing kind.
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
      "monitoring.mode is auto, but the cluster did not return whether it has the Prometheus Operator's kinds, " +
        'so none of their objects is created. Set monitoring.mode to "on" or "off".',
    );
    return { podMonitor: false, prometheusRule: false };
  }
}
