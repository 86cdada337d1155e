import assert from "node:assert/strict";
import type { CollectorConfig } from "../../../components/collector/config";
import { gatewayConfig } from "../../../components/plan/gateway-config";
import { agentConfig, gateway, pipeline, selections } from "../helpers/models";

const pull = { prometheus: selections.prometheus() };
const metrics = [
  pipeline("metrics", "delta", { pull, deltaTemporality: true }),
  pipeline("metrics", "http", { pull, exporter: { protocol: "http" } }),
];
const retries = { enabled: true, initial_interval: "5s", max_interval: "30s", max_elapsed_time: "300s" };

const retriesOf = ({ exporters }: CollectorConfig): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(exporters).map(([id, exporter]) => [
      id,
      (exporter as { retry_on_failure?: unknown }).retry_on_failure,
    ]),
  );

describe("an exporter", () => {
  it("retries after 5 s and then at most 30 s apart, and gives a batch up after 300 s, in gateway and agent", () => {
    const expected = { "otlp_grpc/metrics-delta": retries, "otlp_http/metrics-http": retries };
    assert.deepEqual(retriesOf(gatewayConfig(gateway(metrics))), expected);
    assert.deepEqual(retriesOf(agentConfig("node", metrics)), expected);
  });

  it("retries in the same way for traces and logs", () => {
    const others = [pipeline("traces", "a"), pipeline("logs", "a")];
    assert.deepEqual(retriesOf(gatewayConfig(gateway(others))), {
      "otlp_grpc/traces-a": retries,
      "otlp_grpc/logs-a": retries,
    });
  });

  it("retries for the pipeline's own time, and never waits longer than that", () => {
    const own = (retrySeconds: number) =>
      retriesOf(gatewayConfig(gateway([pipeline("logs", "a", { exporter: { retrySeconds } })])))["otlp_grpc/logs-a"];
    assert.deepEqual(own(7200), { ...retries, max_elapsed_time: "7200s" });
    assert.deepEqual(own(10), { ...retries, max_interval: "10s", max_elapsed_time: "10s" });
  });
});

describe("a connection to a backend", () => {
  it("is tested after the pipeline's own time of silence, so that one whose packets are dropped ends", () => {
    const own = (protocol: "grpc" | "http") => {
      const { exporters } = gatewayConfig(
        gateway([pipeline("logs", "a", { exporter: { protocol, keepaliveSeconds: 45 } })]),
      );
      return Object.values(exporters)[0] as Readonly<Record<string, unknown>>;
    };
    assert.deepEqual(own("grpc").keepalive, { time: "45s", timeout: "10s" });
    const { http2_read_idle_timeout: silence, http2_ping_timeout: answer } = own("http");
    assert.deepEqual([silence, answer], ["45s", "10s"]);
  });
});

describe("deltas in the gateway", () => {
  it("are made of series that had a point in the last hour, and only for pipelines that want them", () => {
    const { processors } = gatewayConfig(gateway(metrics));
    assert.deepEqual(
      Object.entries(processors).filter(([id]) => id.startsWith("cumulativetodelta/")),
      [["cumulativetodelta/metrics-delta", { initial_value: "auto", max_staleness: "3600s" }]],
    );
  });
});
