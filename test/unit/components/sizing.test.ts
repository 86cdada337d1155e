import assert from "node:assert/strict";
import { gatewayConfig } from "../../../components/collector/gateway";
import { gatewayQueueBytes, gatewayResources, memoryGoal } from "../../../components/sizing";
import { gateway, pipeline } from "../helpers/models";

const mebibyte = 1024 * 1024;

/** Part of the container's memory from which the gateway refuses data. */
function refusedFrom(): number {
  const { memory_limiter } = gatewayConfig(gateway([pipeline("logs", "a")])).processors;
  const { limit_percentage, spike_limit_percentage } = memory_limiter as Record<string, number>;
  return ((limit_percentage ?? 0) - (spike_limit_percentage ?? 0)) / 100;
}

describe("the gateway's memory", () => {
  it("holds the full queues of all pipelines, of data six times its encoded size, before any data is refused", () => {
    for (const pipelines of [1, 3, 60]) {
      const resources = gatewayResources(pipelines);
      const queues = gatewayQueueBytes(resources, pipelines) * pipelines * 6;
      assert.ok(queues + 100 * mebibyte < refusedFrom() * resources.memoryLimit, `${pipelines} pipelines`);
    }
  });

  it("is rid of garbage before any data is refused", () => {
    assert.ok(memoryGoal < refusedFrom());
  });

  it("leaves something for queues whatever limit the user has set", () => {
    const resources = gatewayResources(10, { memoryLimit: 128 * mebibyte });
    assert.ok(gatewayQueueBytes(resources, 10) > 100_000);
    assert.ok(gatewayQueueBytes(resources, 10) * 10 * 6 < 128 * mebibyte * 0.2);
  });
});
