import assert from "node:assert/strict";
import { pullRoles } from "../../../components/inputs";
import { grpcRequestBytes, sharedBatchItems } from "../../../components/collector/batches";
import { gatewayConfig } from "../../../components/plan/gateway-config";
import {
  agentSizing,
  gatewayQueueBytes,
  gatewayResources,
  gatewaySize,
  memoryForOwnQueues,
  memoryGoal,
  memoryShortage,
  queuesOf,
  type Queues,
} from "../../../components/sizing";
import { gateway, pipeline } from "../helpers/models";

const mebibyte = 1024 * 1024;

/** Queues of pipelines without their own size, and of others with these sizes in MiB. */
const queues = (even: number, ...sizes: readonly number[]): Queues => ({
  even,
  own: sizes.map((size, i) => ({ id: `logPipelines/own-${i}`, path: `logPipelines[${i}]`, bytes: size * mebibyte })),
});
const even = (pipelines: number): Queues => queues(pipelines);
/** Bytes in all queues when they are full. */
const full = ({ own, even }: Queues, evenShare: number): number =>
  own.reduce((sum, { bytes }) => sum + bytes, 0) + even * evenShare;

/** Some pipelines with their own queues next to some without. */
const mixed = [
  queues(0, 4),
  queues(0, 64),
  queues(1, 64),
  queues(3, 4, 4.3, 17),
  queues(7, 64, 256),
  queues(40, 1024),
  queues(0, ...Array.from({ length: 60 }, () => 5)),
];

/** Part of the container's memory from which the gateway refuses data. */
function refusedFrom(): number {
  const { memory_limiter } = gatewayConfig(gateway([pipeline("logs", "a")])).processors;
  const { limit_percentage, spike_limit_percentage } = memory_limiter as Record<string, number>;
  return ((limit_percentage ?? 0) - (spike_limit_percentage ?? 0)) / 100;
}

describe("the gateway's memory", () => {
  it("holds the full queues of all pipelines, of data six times its encoded size, before any data is refused", () => {
    for (const pipelines of [1, 3, 7, 8, 29, 30, 60, 300]) {
      const resources = gatewayResources(even(pipelines));
      const queues = gatewayQueueBytes(resources, even(pipelines)) * pipelines * 6;
      assert.ok(queues + 100 * mebibyte < refusedFrom() * resources.memoryLimit, `${pipelines} pipelines`);
    }
    for (const some of mixed) {
      const resources = gatewayResources(some);
      const needed = full(some, gatewayQueueBytes(resources, some)) * 6;
      assert.ok(needed + 100 * mebibyte < refusedFrom() * resources.memoryLimit, JSON.stringify(some));
    }
  });

  it("collects garbage before any data is refused", () => {
    assert.ok(memoryGoal < refusedFrom());
  });

  it("leaves memory for queues, whatever limit the user has set", () => {
    const resources = gatewayResources(even(10), { memoryLimit: 128 * mebibyte });
    assert.ok(gatewayQueueBytes(resources, even(10)) > 100_000);
    assert.ok(gatewayQueueBytes(resources, even(10)) * 10 * 6 < 128 * mebibyte * 0.2);
  });

  it("is at least the reserved memory, in an agent, too", () => {
    const memoryRequest = 4096 * mebibyte;
    assert.deepEqual(gatewayResources(even(1), { memoryRequest }), {
      cpuMillis: 100,
      memoryRequest,
      memoryLimit: memoryRequest,
    });
    for (const role of pullRoles) {
      const { memoryLimit } = agentSizing(role, even(1), { memoryRequest }).resources;
      assert.equal(memoryLimit, memoryRequest, role);
    }
  });

  it("reserves no more CPU than a limit that the user sets", () => {
    const { cpuMillis, cpuLimitMillis } = gatewayResources(even(1), { cpuLimitMillis: 50 });
    assert.deepEqual([cpuMillis, cpuLimitMillis], [50, 50]);
    assert.equal(gatewayResources(even(1), { cpuLimitMillis: 500 }).cpuMillis, 100);
    assert.deepEqual(agentSizing("node", even(1), { cpuMillis: 200, cpuLimitMillis: 500 }).resources.cpuMillis, 200);
  });

  it("grows less with each pipeline if there are many", () => {
    const limits = [1, 3, 7, 20, 29, 60].map((pipelines) => gatewayResources(even(pipelines)).memoryLimit / mebibyte);
    assert.deepEqual(limits, [512, 1024, 2048, 2048, 2048, 3856]);
  });

  it("has room in each queue for the largest request, however many pipelines there are", () => {
    for (const pipelines of [1, 7, 29, 30, 60, 300]) {
      const resources = gatewayResources(even(pipelines));
      assert.ok(gatewayQueueBytes(resources, even(pipelines)) >= grpcRequestBytes, `${pipelines} pipelines`);
      assert.equal(memoryShortage(resources, even(pipelines)), undefined);
    }
  });

  it("accepts requests over HTTP that a queue holds, up to the default size of receivers", () => {
    const most = (queueMebibytes: number): unknown => {
      const config = gatewayConfig(gateway([pipeline("logs", "a")], { queueBytes: queueMebibytes * mebibyte }));
      const { protocols } = config.receivers["otlp"] as { protocols: { http: { max_request_body_size: number } } };
      return protocols.http.max_request_body_size / mebibyte;
    };
    assert.deepEqual([1, 4, 17, 40].map(most), [4, 4, 17, 20]);
  });

  it("is shown in units for people, and so is a limit that makes queues too small", () => {
    const resources = gatewayResources(even(3), { memoryLimit: 384 * mebibyte });
    assert.deepEqual(gatewaySize(resources, even(3)), {
      memoryLimit: "384 MiB",
      memoryRequest: "128 MiB",
      cpuRequest: "100m",
      queuePerPipeline: "2.8 MiB",
    });
    assert.equal(
      memoryShortage(resources, even(3)),
      "gateway.resources.limits.memory: leaves 2.8 MiB for the queue of each of 3 pipelines; larger requests are lost, " +
        "and clients may send up to 4 MiB. 436Mi would be enough",
    );
    const enough = gatewayResources(even(3), { memoryLimit: 436 * mebibyte });
    assert.equal(memoryShortage(enough, even(3)), undefined);
    assert.equal(gatewaySize(gatewayResources(even(60)), even(60)).memoryLimit, "3.7 GiB");
  });

  it("lets no batch wait for more data than a quarter of its queue, or grow beyond the limit of gRPC servers", () => {
    for (const [queueBytes, full] of [
      [32 * mebibyte, mebibyte],
      [2 * mebibyte, mebibyte / 2],
      [1000, 250],
    ] as const) {
      const config = gatewayConfig(gateway([pipeline("metrics", "a")], { queueBytes }));
      const { sending_queue } = config.exporters["otlp_grpc/metrics-a"] as { sending_queue: { batch: object } };
      const expected = { sizer: "bytes", min_size: full, max_size: 4128768, flush_timeout: "1s" };
      assert.deepEqual(sending_queue.batch, expected);
    }
    assert.ok(4128768 < grpcRequestBytes);
  });

  it("makes shared batches, which count items, of as many large ones as a gRPC server and a quarter of the queue take", () => {
    for (const [signal, queueBytes, items] of [
      ["logs", 32 * mebibyte, 1024],
      ["traces", 32 * mebibyte, 1024],
      ["metrics", 32 * mebibyte, 2048],
      ["logs", 4 * mebibyte, 256],
      ["metrics", 1000, 1],
    ] as const) {
      assert.equal(sharedBatchItems(signal, queueBytes), items);
    }
  });
});

describe("queues whose size the user sets", () => {
  const limitOf = (some: Queues): number => gatewayResources(some).memoryLimit / mebibyte;

  it("raise the default memory limit by 15 times their size, instead of the share of their pipelines", () => {
    assert.deepEqual([queues(0, 4), queues(0, 64), queues(1, 64), queues(1, 4.1)].map(limitOf), [316, 1216, 1472, 574]);
    assert.equal(agentSizing("cluster-state", queues(1, 64)).resources.memoryLimit / mebibyte, 384 + 256 + 960);
  });

  it("leave the other pipelines queues that are at least as large as without them", () => {
    for (const some of mixed.filter((one) => one.even > 0)) {
      const share = gatewayQueueBytes(gatewayResources(some), some);
      const alone = gatewayQueueBytes(gatewayResources(even(some.even)), even(some.even));
      assert.ok(share >= alone, JSON.stringify(some));
      for (const role of pullRoles) assert.ok(agentSizing(role, some).queueBytes >= grpcRequestBytes, role);
    }
  });

  it("belong to the pipelines that have a size", () => {
    const own = pipeline("logs", "own", { exporter: { queueBytes: 64 * mebibyte } });
    assert.deepEqual(queuesOf([pipeline("logs", "a"), own, pipeline("metrics", "b")]), {
      even: 2,
      own: [{ id: "logPipelines/own", path: "logs[own]", bytes: 64 * mebibyte }],
    });
  });

  it("fit every default limit, and require a large enough limit if the user sets one", () => {
    for (const some of mixed) {
      assert.equal(memoryForOwnQueues("gateway", gatewayResources(some).memoryLimit, some), undefined);
      for (const role of pullRoles) {
        const { memoryLimit } = agentSizing(role, some).resources;
        assert.equal(memoryForOwnQueues(role, memoryLimit, some), undefined, role);
      }
      for (const collector of ["gateway", ...pullRoles] as const) {
        const enough = memoryForOwnQueues(collector, 192 * mebibyte, some);
        if (enough === undefined) continue;
        assert.equal(enough % mebibyte, 0);
        assert.equal(memoryForOwnQueues(collector, enough, some), undefined, `${collector} ${JSON.stringify(some)}`);
      }
    }
    assert.equal(memoryForOwnQueues("gateway", 512 * mebibyte, queues(0, 64)), 1216 * mebibyte);
    assert.equal(memoryForOwnQueues("gateway", 512 * mebibyte, queues(2, 16)), (256 + 240 + 120) * mebibyte);
    // Scraping leaves more than the default limit promises.
    assert.equal(memoryForOwnQueues("node", 512 * mebibyte, queues(0, 64)), 1063 * mebibyte);
    // Without such a queue, a warning is enough.
    assert.equal(memoryForOwnQueues("gateway", 192 * mebibyte, even(60)), undefined);
  });

  it("are shown next to the share of the other pipelines", () => {
    const size = (some: Queues): string => gatewaySize(gatewayResources(some), some).queuePerPipeline;
    assert.equal(
      size(queues(1, 64, 8, 64)),
      "17 MiB; 64 MiB for logPipelines/own-0, logPipelines/own-2; 8 MiB for logPipelines/own-1",
    );
    assert.equal(size(queues(0, 64)), "64 MiB for logPipelines/own-0");
    const tooSmall = gatewayResources(queues(0, 4), { memoryLimit: 192 * mebibyte });
    assert.equal(memoryShortage(tooSmall, queues(0, 4)), undefined);
  });

  it("bound shared batches and requests over HTTP by the smallest of them", () => {
    const own = (name: string, size: number) => pipeline("logs", name, { exporter: { queueBytes: size * mebibyte } });
    const { exporters, processors, receivers } = gatewayConfig(
      gateway([own("a", 4), own("b", 64), pipeline("logs", "c"), pipeline("metrics", "d")], {
        queueBytes: 17 * mebibyte,
      }),
    );
    const sizes = Object.values(exporters).map(
      (exporter) => (exporter as { sending_queue: { queue_size: number } }).sending_queue.queue_size / mebibyte,
    );
    assert.deepEqual(sizes, [17, 4, 64, 17]);
    assert.deepEqual(processors["batch/unchanged-logs"], {
      timeout: "1s",
      send_batch_size: 256,
      send_batch_max_size: 256,
    });
    const { protocols } = receivers["otlp"] as { protocols: { http: { max_request_body_size: number } } };
    assert.equal(protocols.http.max_request_body_size, 4 * mebibyte);
  });
});

describe("batches that pipelines share", () => {
  const itemsOf = (pipelines: number): unknown => {
    const queueBytes = gatewayQueueBytes(gatewayResources(even(pipelines)), even(pipelines));
    const { processors } = gatewayConfig(gateway([pipeline("logs", "a"), pipeline("logs", "b")], { queueBytes }));
    return (processors["batch/unchanged-logs"] as { send_batch_max_size: number }).send_batch_max_size;
  };

  it("are small enough that each queue holds several of large items, however many pipelines there are", () => {
    assert.deepEqual([2, 7, 30, 60].map(itemsOf), [1024, 1024, 256, 256]);
  });
});

describe("the memory of a node's metric agent", () => {
  it("holds 200,000 series and the full queues of all pipelines before any data is refused", () => {
    // On the heap, without the data in the queue; see docs/agent.md.
    const series = 230 * mebibyte;
    for (const pipelines of [1, 3, 7, 29, 60]) {
      const { resources, queueBytes } = agentSizing("node", even(pipelines));
      const needed = series + queueBytes * pipelines * 6;
      assert.ok(needed < refusedFrom() * resources.memoryLimit, `${pipelines} pipelines`);
    }
    for (const some of mixed) {
      const { resources, queueBytes } = agentSizing("node", some);
      const needed = series + full(some, queueBytes) * 6;
      assert.ok(needed < refusedFrom() * resources.memoryLimit, JSON.stringify(some));
    }
  });

  it("has room in a queue for the largest answer of a target, with series of 300 bytes", () => {
    assert.ok(agentSizing("node", even(1)).queueBytes > 50_000 * 300);
  });

  it("has room in the queue of one pipeline for a sample of each of 200,000 series", () => {
    // Encoded, with seven labels.
    assert.ok(agentSizing("node", even(1)).queueBytes > 200_000 * 178);
  });

  it("keeps to the part of a limit that queues may take, and leaves some where the user's limit is small", () => {
    const mebibytes = (memory: number, pipelines: number): number =>
      Math.floor(
        (agentSizing("node", even(pipelines), { memoryLimit: memory * mebibyte }).queueBytes * 10) / mebibyte,
      ) / 10;
    assert.deepEqual(
      [mebibytes(192, 1), mebibytes(512, 1), mebibytes(768, 1), mebibytes(1024, 1)],
      [3.1, 13.5, 37, 60.5],
    );
    assert.deepEqual([mebibytes(8192, 1), mebibytes(8192, 60)], [546.1, 9.1]);
  });
});
