import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, pods, type Pod } from "./support/kubectl";
import { gatewaySum, selfMetrics } from "./support/metrics";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { Senders, type Counts } from "./support/senders";
import { Stack } from "./support/stack";

const mebibyte = 1024 * 1024;
const grpc = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317" } as const;

const pipeline = (backend: Backend) => ({
  name: backend.name,
  output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
});

/** Lets nobody but the tests reach a backend: packets to it vanish. */
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

const accepted = (groups: readonly Map<string, Counts>[]) =>
  groups.flatMap((counts) => [...counts]).map(([sender, { ok }]): [string, number] => [sender, ok]);
const total = (counts: Iterable<[string, number]>) => [...counts].reduce((sum, [, count]) => sum + count, 0);

describe("three backends of one signal", function () {
  this.timeout("8m");
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

  const deadLogs = { exporter: "otlp_grpc/logs-dead" };
  const refusedByQueue = () => gatewaySum("otelcol_exporter_enqueue_failed_log_records", deadLogs);

  before(async () => {
    await makeNamespaces(backendNamespace);
    [one, two, dead] = await Promise.all([Backend.start("one"), Backend.start("two"), Backend.prepare("dead")]);
    stack.configure({ logPipelines: [one, two, dead].map(pipeline) });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  });

  it("lose nothing when one is dead, refused or silent, which gets what its queue holds when it is back", async () => {
    const senders = await Promise.all([
      Senders.start("small", { ...grpc, signal: "logs", rate: 20 }),
      Senders.start("large", { ...grpc, signal: "logs", rate: 2, padding: mebibyte }),
    ]);
    await until(async () => {
      assert.ok((await refusedByQueue()) > 20, "its queue takes all of it");
    }, 60);

    await apply(blackHole("dead"));
    await dead.run();
    const before = await refusedByQueue();
    await until(async () => {
      assert.ok((await refusedByQueue()) > before + 100, "its queue takes some of it");
    }, 60);

    const counts = await Promise.all(senders.map((group) => group.stop()));
    for (const [sender, { ok, failed, lastErrors }] of counts.flatMap((group) => [...group])) {
      assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed:\n${lastErrors.join("\n")}`);
    }
    const sent = accepted(counts);
    for (const backend of [one, two]) {
      await until(async () => {
        assert.deepEqual([...(await backend.distinct())].sort(), [...sent].sort());
      }, 60);
      const items = (await backend.counts()).reduce((sum, group) => sum + group.items, 0);
      assert.equal(items, total(sent), "some arrived twice");
    }

    await kubectl("-n", backendNamespace, "delete", "networkpolicy", "black-hole");
    const lost = await refusedByQueue();
    await until(async () => {
      assert.equal(total(await dead.distinct()), total(sent) - lost);
    }, 200);
    assert.equal(await gatewaySum("otelcol_exporter_send_failed_log_records"), 0);

    assert.ok(highest > 0, "no memory was seen");
    for (const { spec, status } of await get<Gateway>("pods", "-n", "telemetry")) {
      assert.equal(status.containerStatuses[0]?.restartCount, 0);
      assert.ok(highest < Number(spec.containers[0]?.resources.limits.memory), `${highest} bytes of memory`);
    }
  });

  it("get a burst of large records, too, in requests that are small enough for them", async () => {
    for (const backend of [one, two, dead]) await backend.reset();
    // A second's worth is six megabytes from each node, and they take four in a request.
    const senders = await Senders.start("burst", { ...grpc, signal: "logs", rate: 4, items: 500, padding: 3000 });
    await sleep(5000);
    const counts = [...(await senders.stop())];
    const sent = counts.map(([sender, { ok }]): [string, number] => [sender, ok]).sort();
    assert.ok(total(sent) > 20, `${total(sent)} requests`);
    for (const backend of [one, two, dead]) {
      await eventually(async () => {
        assert.deepEqual([...(await backend.distinct())].sort(), sent);
        const items = (await backend.counts()).reduce((sum, group) => sum + group.items, 0);
        assert.equal(items, total(sent) * 500);
      }, 90);
    }
  });
});
