import assert from "node:assert/strict";
import { eventually } from "./eventually";
import { get, nodeNames, pods } from "./kubectl";

/** A pipeline through the gateway to the development backend, and a change that makes the gateway roll. */
export const pipeline = {
  name: "development",
  output: {
    otlp: {
      protocol: "http",
      endpoint: { value: "http://prometheus.telemetry-backend:9090" },
      path: "/api/v1/otlp/v1/metrics",
      tls: { insecure: true },
    },
  },
};
export const configuration = {
  gateway: { legacyServices: true },
  development: { backend: true },
  metricPipelines: [pipeline],
};
export const changed = {
  ...configuration,
  network: { egress: ["192.0.2.0/24"] },
  metricPipelines: [{ ...pipeline, filter: [{ conditions: [`metric.name == "unwanted"`] }] }],
};

export const ofGateway = async (kind: string): Promise<string[]> =>
  (await get(kind, "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-otlp-gateway")).map(
    ({ metadata }) => metadata.name,
  );
export const gatewayPods = (): ReturnType<typeof pods> => pods("telemetry", "telemetry-otlp-gateway");
/**
 * Waits until the gateways from before an update are gone. Until then, a gateway that ends may still take data, and it delivers
 * this data by its old configuration.
 */
export const oldGatewaysGone = (): Promise<void> =>
  eventually(async () => {
    // Unlike `gatewayPods`, this includes pods that are ending.
    const left = await get("pods", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-otlp-gateway");
    assert.equal(left.length, (await nodeNames()).length, left.map(({ metadata }) => metadata.name).join());
  }, 120);
/** Returns whether a pod besides these exists. */
export const isRolling = async (oldPods: readonly string[]): Promise<boolean> =>
  (await gatewayPods()).some(({ metadata }) => !oldPods.includes(metadata.name));
