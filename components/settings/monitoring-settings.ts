import { z } from "zod";
import { areLabels, field, map, struct } from "../schema";

/** Returns a new schema each time, because a schema keeps the description of its field. */
const auto = () => z.enum(["auto", "on", "off"]).default("auto");

/** Which objects for Prometheus and Grafana are made. */
export const monitoring = field(
  struct({
    mode: field(auto(), {
      description:
        "Whether a `PodMonitor` and a `PrometheusRule` are made. `auto` checks on each update whether the cluster has these kinds of the Prometheus Operator.",
      example: '"on"',
    }),
    dashboard: field(auto(), {
      description:
        "Whether a ConfigMap with a dashboard for Grafana is made. `auto`: together with the objects that `mode` makes.",
      example: '"off"',
    }),
    labels: map(
      "kube-prometheus-stack",
      {
        description: "Further labels of these objects, for a Prometheus or Grafana that selects its objects by labels.",
        example: "{ release: kube-prometheus-stack }",
      },
      areLabels,
    ),
  }).prefault({}),
  {
    description: "Alerts and a dashboard about gateway and agent themselves. See docs/monitoring.md.",
    example: "{ labels: { release: kube-prometheus-stack } }",
  },
);
