import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringSettings } from "../../../components/settings";
import { allRegistered, recordResources, valueOf, type Registered } from "../helpers/pulumi";

async function made(settings: MonitoringSettings): Promise<Registered[]> {
  const registered = recordResources();
  const { Monitoring } = await import("../../../components/monitoring/monitoring");
  const monitoring = new Monitoring("telemetry-monitoring", {
    namespace: pulumi.output("telemetry"),
    namespaceName: "telemetry",
    collectors: [
      { name: "telemetry-otlp-gateway", kind: "gateway", memoryLimit: 512 },
      { name: "telemetry-metric-agent", kind: "agent", memoryLimit: 1024 },
    ],
    settings,
    operatorKinds: () => [],
  });
  await valueOf(monitoring.urn);
  await allRegistered();
  // Registrations come in any order.
  return registered.sort((a, b) => (a.type < b.type ? -1 : 1));
}

describe("the objects for monitoring", () => {
  it("are three, with the labels that Prometheus and Grafana look for", async () => {
    const objects = await made({ mode: "on", dashboard: "auto", labels: { release: "kube-prometheus-stack" } });
    const own = {
      "app.kubernetes.io/name": "telemetry",
      "app.kubernetes.io/instance": "telemetry",
      "app.kubernetes.io/component": "monitoring",
      "app.kubernetes.io/part-of": "telemetry",
      "app.kubernetes.io/managed-by": "pulumi",
      release: "kube-prometheus-stack",
    };
    const metadata = (name: string, more: object = {}) => ({
      name,
      namespace: "telemetry",
      labels: { ...own, ...more },
    });
    assert.deepEqual(
      objects.map(({ type, name, inputs }) => ({ type, name, metadata: inputs.metadata })),
      [
        {
          type: "kubernetes:core/v1:ConfigMap",
          name: "telemetry-monitoring-dashboard",
          metadata: metadata("telemetry-dashboard", { grafana_dashboard: "1" }),
        },
        {
          type: "kubernetes:monitoring.coreos.com/v1:PodMonitor",
          name: "telemetry-monitoring-PodMonitor",
          metadata: metadata("telemetry"),
        },
        {
          type: "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
          name: "telemetry-monitoring-PrometheusRule",
          metadata: metadata("telemetry"),
        },
        { type: "telemetry:index:Monitoring", name: "telemetry-monitoring", metadata: undefined },
      ],
    );
    const selected = JSON.stringify(objects[1]?.inputs.spec);
    assert.ok(selected.indexOf("telemetry-metric-agent") < selected.indexOf("telemetry-otlp-gateway"), "by name");
  });

  it("are none when they are off", async () => {
    const objects = await made({ mode: "off", dashboard: "auto", labels: {} });
    assert.deepEqual(
      objects.map(({ type }) => type),
      ["telemetry:index:Monitoring"],
    );
  });
});
