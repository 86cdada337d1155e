import { labelKeys } from "../contract";
import type { Watched } from "./promql";

/** Time between two readings. All windows of alerts and dashboard hold several of them. */
const interval = "30s";

/**
 * How a Prometheus finds the collectors' metrics about themselves: each pod, by the name of its port. `job` is the name
 * of the workload and `node` that of the node, which is how alerts and dashboard tell collectors apart.
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
