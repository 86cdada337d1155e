import { labelKeys } from "../contract";
import type { Watched } from "./promql";

/** Time between two scrapes. All windows of alerts and dashboard contain several. */
const interval = "30s";

/**
 * Describes how Prometheus finds the collectors' own metrics: on each pod, by the name of the port. Alerts and dashboard
 * use the labels `job`, which is the name of the workload, and `node`.
 */
export function podMonitorSpec({ collectors }: Watched): object {
  return {
    jobLabel: labelKeys.name,
    selector: {
      matchExpressions: [{ key: labelKeys.name, operator: "In", values: collectors.map(({ name }) => name) }],
    },
    podMetricsEndpoints: [
      {
        port: "self-metrics",
        path: "/metrics",
        interval,
        relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
      },
    ],
  };
}
