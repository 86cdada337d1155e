import assert from "node:assert/strict";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, pods, type Pod } from "./support/kubectl";
import { gatewaySum, selfMetrics } from "./support/metrics";
import { makeNamespaces } from "./support/probe";
import { Senders, type SenderOptions } from "./support/senders";
import { Stack } from "./support/stack";

const mebibyte = 1024 * 1024;
const grpc = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317" } as const;

const pipeline = (backend: Backend) => ({
  name: backend.name,
  output: {
    otlp: {
      endpoint: { value: backend.grpc },
      tls: { insecure: true },
      // On a slow machine, a backend can be away for longer than the default of five minutes.
      retry: { maxElapsedTime: "30m" },
    },
  },
});

/** A pipeline with a filter that drops nothing: its batches are made behind its queue, those of others in front of all queues. */
const ownPipeline = (backend: Backend) => ({
  ...pipeline(backend),
  filter: [{ conditions: ['span.name == "never"'] }],
});

/** The load of each signal. A refused request of the large load counts for `largest` items. */
const signals = [
  {
    signal: "logs",
    unit: "log_records",
    largest: 1,
    loads: [
      { name: "small-logs", rate: 20, items: 1 },
      // A node that stands still for seconds puts the records of this time into one request, and backends accept four MiB.
      { name: "large-logs", rate: 2, items: 1, padding: mebibyte / 4 },
    ],
  },
  {
    signal: "traces",
    unit: "spans",
    largest: 500,
    loads: [
      { name: "small-spans", rate: 20, items: 1 },
      { name: "large-spans", rate: 1, items: 500, padding: 3000 },
    ],
  },
] as const;
type Kind = (typeof signals)[number];

/** Drops all packets to a backend except those of the tests. */
const blackHole = (name: string) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "black-hole", namespace: backendNamespace },
  spec: {
    podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
    policyTypes: ["Ingress"],
    ingress: [{ ports: [{ protocol: "TCP", port: 8080 }] }],
  },
});

type Gateway = Pod & { readonly spec: { readonly containers: { resources: { limits: { memory: string } } }[] } } & {
  readonly status: { readonly containerStatuses: { restartCount: number }[] };
};

const total = (groups: readonly { readonly items: number }[]) => groups.reduce((sum, { items }) => sum + items, 0);

describe("three backends of the same signals", function () {
  // All waits of the first test together.
  this.timeout("16m");
  let one: Backend, two: Backend, dead: Backend;
  const stack = new Stack({});
  let highest = 0;

  /** Looks at the memory of the gateways until something holds. */
  const until = (holds: () => Promise<void>, seconds: number) =>
    eventually(async () => {
      for (const { status } of await pods("telemetry", "telemetry-otlp-gateway")) {
        for (const { value } of await selfMetrics(status.podIP, "otelcol_process_memory_rss")) {
          highest = Math.max(highest, value);
        }
      }
      await holds();
    }, seconds);

  const refusedByQueue = ({ signal, unit }: Kind) =>
    gatewaySum(`otelcol_exporter_enqueue_failed_${unit}`, { exporter: `otlp_grpc/${signal}-dead` });

  /** Sends a number of requests from each node, and waits until each backend has all of them, and their items once. */
  const getBurst = async (name: string, options: SenderOptions & { requests: number; items: number }) => {
    const backends = [one, two, dead];
    for (const backend of backends) await backend.reset();
    const counts = [...(await (await Senders.start(name, options)).sendAll())];
    for (const [sender, { ok, lastErrors }] of counts) {
      assert.equal(ok, options.requests, `${sender}:\n${lastErrors.join("\n")}`);
    }
    const sent = counts.map(([sender]): [string, number] => [sender, options.requests]).sort();
    for (const backend of backends) {
      await eventually(async () => {
        assert.deepEqual([...(await backend.distinct())].sort(), sent, backend.name);
        assert.equal(total(await backend.counts()), counts.length * options.requests * options.items, backend.name);
      }, 90);
    }
  };

  before(async () => {
    await makeNamespaces(backendNamespace);
    [one, two, dead] = await Promise.all([Backend.start("one"), Backend.start("two"), Backend.prepare("dead")]);
    const backends = [one, two, dead];
    stack.configure({
      logPipelines: backends.map(pipeline),
      metricPipelines: backends.map(pipeline),
      tracePipelines: backends.map(ownPipeline),
    });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await Senders.removeAll();
    await stack.discard(backendNamespace);
  });

  it("lose nothing while one of them refuses connections or is silent; when it is back, it gets the data of its queue", async () => {
    const loads = signals.flatMap(({ signal, loads }) => loads.map((load) => ({ ...grpc, ...load, signal })));
    const senders = await Promise.all(
      loads.map(async (load) => ({ ...load, group: await Senders.start(load.name, load) })),
    );
    await until(async () => {
      for (const kind of signals) {
        assert.ok((await refusedByQueue(kind)) > 10 * kind.largest, `its queue accepts all ${kind.signal}`);
      }
    }, 150);

    await apply(blackHole("dead"));
    await dead.run();
    const before = await Promise.all(signals.map(refusedByQueue));
    await until(async () => {
      const refused = await Promise.all(signals.map(refusedByQueue));
      for (const [i, { signal, largest }] of signals.entries()) {
        assert.ok((refused[i] ?? 0) > (before[i] ?? 0) + 20 * largest, `its queue accepts some ${signal}`);
      }
    }, 150);

    const sent = new Map<string, { signal: string; requests: number; items: number; perRequest: number }>();
    for (const { signal, items, group } of senders) {
      for (const [sender, { ok, failed, lastErrors }] of await group.stop()) {
        assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed:\n${lastErrors.join("\n")}`);
        sent.set(sender, { signal, requests: ok, items: ok * items, perRequest: items });
      }
    }
    const everything = [...sent].map(([sender, { signal, requests, items }]) => [signal, sender, requests, items]);
    for (const backend of [one, two]) {
      await until(async () => {
        const counts = await backend.counts();
        // More items than were sent mean that some arrived twice.
        const got = counts.map(({ signal, sender, distinct, items }) => [signal, sender, distinct, items]);
        assert.deepEqual(got.sort(), everything.sort(), backend.name);
      }, 120);
    }

    await kubectl("-n", backendNamespace, "delete", "networkpolicy", "black-hole");
    for (const kind of signals) {
      const items = total([...sent.values()].filter(({ signal }) => signal === kind.signal));
      await until(async () => {
        const lost = await refusedByQueue(kind);
        const got = (await dead.counts()).filter(({ signal }) => signal === kind.signal);
        assert.equal(total(got), items - lost, kind.signal);
        for (const { sender, distinct, items } of got) {
          const { perRequest = 0 } = sent.get(sender) ?? {};
          assert.equal(items, distinct * perRequest, `${sender}: some arrived twice or in part`);
        }
      }, 200);
      assert.equal(await gatewaySum(`otelcol_exporter_send_failed_${kind.unit}`), 0);
    }

    assert.ok(highest > 0, "no memory was seen");
    for (const { spec, status } of await get<Gateway>("pods", "-n", "telemetry")) {
      assert.equal(status.containerStatuses[0]?.restartCount, 0);
      assert.ok(highest < Number(spec.containers[0]?.resources.limits.memory), `${highest} bytes of memory`);
    }
  });

  // A queue has 13 MiB, and the bursts fit into it: a slow machine may send nothing before it has all of a burst.

  it("get a burst of large records, too, in requests that are small enough for them", async () => {
    // Each node sends six megabytes in a second, and backends accept four in a request.
    await getBurst("burst", { ...grpc, signal: "logs", rate: 4, requests: 6, items: 500, padding: 3000 });
  });

  it("get a burst of spans of 12 KB, of which a thousand would not fit into a request", async () => {
    await getBurst("large-burst", { ...grpc, signal: "traces", rate: 4, requests: 8, items: 100, padding: 12_000 });
  });

  it("get a push that is larger than their largest request, in requests that they accept", async () => {
    // A request of nine megabytes, which the gateway accepts over HTTP.
    const http = { protocol: "http", endpoint: "telemetry-otlp.telemetry:4318" } as const;
    await getBurst("large-push", { ...http, rate: 1, requests: 1, items: 30_000, padding: 250 });
  });
});
