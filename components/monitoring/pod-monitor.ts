import { labelKeys } from "../contract";
import { namespacesOf, type Watched } from "./promql";

/** Time between two scrapes. All windows of alerts and dashboard contain several. */
const interval = "30s";

/**
 * Describes how Prometheus finds the collectors' own metrics: on each pod, by the name of the port. Alerts and dashboard
 * use the labels `job`, which is the name of the workload, and `node`.
 */
export function podMonitorSpec(watched: Watched): object {
  const { namespace, collectors } = watched;
  const namespaces = namespacesOf(watched);
  return {
    jobLabel: labelKeys.name,
    // By default, a PodMonitor finds the pods of its own namespace only.
    ...(namespaces.some((one) => one !== namespace) && { namespaceSelector: { matchNames: namespaces } }),
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
