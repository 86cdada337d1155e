import assert from "node:assert/strict";
import { pullRoles } from "../../../components/inputs";
import { batchItems, grpcRequestBytes } from "../../../components/collector/batches";
import { gatewayConfig } from "../../../components/plan/gateway-config";
import {
  agentSizing,
  gatewayQueueBytes,
  gatewayResources,
  gatewaySize,
  memoryGoal,
  memoryShortage,
} from "../../../components/sizing";
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
    for (const pipelines of [1, 3, 7, 8, 29, 30, 60, 300]) {
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

  it("is at least what is reserved, in an agent, too", () => {
    const memoryRequest = 4096 * mebibyte;
    assert.deepEqual(gatewayResources(1, { memoryRequest }), {
      cpuMillis: 100,
      memoryRequest,
      memoryLimit: memoryRequest,
    });
    for (const role of pullRoles) {
      const { memoryLimit } = agentSizing(role, 1, { memoryRequest }).resources;
      assert.equal(memoryLimit, memoryRequest, role);
    }
  });

  it("reserves no more CPU than a limit that the user sets", () => {
    const { cpuMillis, cpuLimitMillis } = gatewayResources(1, { cpuLimitMillis: 50 });
    assert.deepEqual([cpuMillis, cpuLimitMillis], [50, 50]);
    assert.equal(gatewayResources(1, { cpuLimitMillis: 500 }).cpuMillis, 100);
    assert.deepEqual(agentSizing("node", 1, { cpuMillis: 200, cpuLimitMillis: 500 }).resources.cpuMillis, 200);
  });

  it("does not grow with each of many pipelines as with each of a few", () => {
    const limits = [1, 3, 7, 20, 29, 60].map((pipelines) => gatewayResources(pipelines).memoryLimit / mebibyte);
    assert.deepEqual(limits, [512, 1024, 2048, 2048, 2048, 3856]);
  });

  it("has room in each queue for the largest request, however many pipelines there are", () => {
    for (const pipelines of [1, 7, 29, 30, 60, 300]) {
      const resources = gatewayResources(pipelines);
      assert.ok(gatewayQueueBytes(resources, pipelines) >= grpcRequestBytes, `${pipelines} pipelines`);
      assert.equal(memoryShortage(resources, pipelines), undefined);
    }
  });

  it("takes requests over HTTP that a queue holds, up to what receivers take by default", () => {
    const most = (queueMebibytes: number): unknown => {
      const config = gatewayConfig(gateway([pipeline("logs", "a")], { queueBytes: queueMebibytes * mebibyte }));
      const { protocols } = config.receivers["otlp"] as { protocols: { http: { max_request_body_size: number } } };
      return protocols.http.max_request_body_size / mebibyte;
    };
    assert.deepEqual([1, 4, 17, 40].map(most), [4, 4, 17, 20]);
  });

  it("is told to the user in units for people, and so is a limit that makes queues too small", () => {
    const resources = gatewayResources(3, { memoryLimit: 384 * mebibyte });
    assert.deepEqual(gatewaySize(resources, 3), {
      memoryLimit: "384 MiB",
      memoryRequest: "128 MiB",
      cpuRequest: "100m",
      queuePerPipeline: "2.8 MiB",
    });
    assert.equal(
      memoryShortage(resources, 3),
      "gateway.resources.limits.memory: leaves 2.8 MiB for the queue of each of 3 pipelines; larger requests are lost, " +
        "and clients may send up to 4 MiB. 436Mi would be enough",
    );
    const enough = gatewayResources(3, { memoryLimit: 436 * mebibyte });
    assert.equal(memoryShortage(enough, 3), undefined);
    assert.equal(gatewaySize(gatewayResources(60), 60).memoryLimit, "3.7 GiB");
  });

  it("never lets a batch wait for more data than its queue holds, nor than a gRPC server takes of large items", () => {
    for (const [signal, queueBytes, items] of [
      ["logs", 32 * mebibyte, 1024],
      ["traces", 32 * mebibyte, 1024],
      ["metrics", 32 * mebibyte, 2048],
      ["logs", mebibyte, 256],
      ["metrics", 1000, 1],
    ] as const) {
      assert.equal(batchItems(signal, queueBytes), items);
      const config = gatewayConfig(gateway([pipeline(signal, "a")], { queueBytes }));
      const { sending_queue } = config.exporters[`otlp_grpc/${signal}-a`] as { sending_queue: { batch: object } };
      const expected = { sizer: "items", min_size: items, max_size: items, flush_timeout: "1s" };
      assert.deepEqual(sending_queue.batch, expected);
    }
  });
});

describe("batches that pipelines share", () => {
  const itemsOf = (pipelines: number): unknown => {
    const queueBytes = gatewayQueueBytes(gatewayResources(pipelines), pipelines);
    const { processors } = gatewayConfig(gateway([pipeline("logs", "a"), pipeline("logs", "b")], { queueBytes }));
    return (processors["batch/unchanged-logs"] as { send_batch_max_size: number }).send_batch_max_size;
  };

  it("are small enough that each queue holds several of large items, however many pipelines there are", () => {
    assert.deepEqual([2, 7, 30, 60].map(itemsOf), [1024, 1024, 256, 256]);
  });
});

describe("the memory of a node's metric agent", () => {
  it("holds 200,000 series and the full queues of all pipelines before any data is refused", () => {
    // On the heap, without what was in the queue; docs/agent.md.
    const series = 230 * mebibyte;
    for (const pipelines of [1, 3, 7, 29, 60]) {
      const { resources, queueBytes } = agentSizing("node", pipelines);
      const needed = series + queueBytes * pipelines * 6;
      assert.ok(needed < refusedFrom() * resources.memoryLimit, `${pipelines} pipelines`);
    }
  });

  it("has room in a queue for the largest answer of a target, with series of 300 bytes", () => {
    assert.ok(agentSizing("node", 1).queueBytes > 50_000 * 300);
  });

  it("has room in the queue of one pipeline for a sample of each of 200,000 series", () => {
    // Encoded, with seven labels.
    assert.ok(agentSizing("node", 1).queueBytes > 200_000 * 178);
  });

  it("keeps to the part of a limit that queues may take, and leaves some where the user's limit is small", () => {
    const mebibytes = (memory: number, pipelines: number): number =>
      Math.floor((agentSizing("node", pipelines, { memoryLimit: memory * mebibyte }).queueBytes * 10) / mebibyte) / 10;
    assert.deepEqual(
      [mebibytes(192, 1), mebibytes(512, 1), mebibytes(768, 1), mebibytes(1024, 1)],
      [3.1, 13.5, 37, 60.5],
    );
    assert.deepEqual([mebibytes(8192, 1), mebibytes(8192, 60)], [546.1, 9.1]);
  });
});
