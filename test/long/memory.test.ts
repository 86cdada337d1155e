import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { loadCheck, type FlowTargets } from "../../components/verification";
import { Application } from "../e2e/support/application";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { get, nodeNames, pods, type Pod } from "../e2e/support/kubectl";
import { gatewaySum, selfMetrics } from "../e2e/support/metrics";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Senders, type Counts } from "../e2e/support/senders";
import { Stack } from "../e2e/support/stack";

const grpc = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317" } as const;
const application = "e2e-memory";

const pipeline = (backend: Backend) => ({
  name: backend.name,
  output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
});

type Gateway = Pod & { readonly spec: { readonly containers: { resources: { limits: { memory: string } } }[] } } & {
  readonly status: { readonly containerStatuses: { restartCount: number }[] };
};

/** Items that take the most memory for their length in a queue: a hundred bytes of memory for a few bytes there. */
const points = 50_000;
const emptyPoints = {
  resourceMetrics: [
    {
      scopeMetrics: [
        { metrics: [{ name: "empty", gauge: { dataPoints: Array.from({ length: points }, () => ({})) } }] },
      ],
    },
  ],
};

describe("the memory of the gateway", function () {
  this.timeout("8m");
  let living: Backend;
  let dead: Backend[];
  let node: string;
  const stack = new Stack({});

  before(async () => {
    await makeNamespaces(backendNamespace, application);
    [node = ""] = await nodeNames();
    const [first, ...others] = await Promise.all(["living", "dead-one", "dead-two"].map((name) => Backend.start(name)));
    [living, dead] = [first as Backend, others];
    for (const backend of dead) await backend.behave({ hang: true });
    stack.configure({ metricPipelines: [living, ...dead].map(pipeline) });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace, application);
  });

  const stop = async (senders: Senders): Promise<Counts> => [...(await senders.stop()).values()][0] as Counts;

  it("is enough for the full queues of dead backends, so that the living one gets everything", async () => {
    // Small points take six times their size in the queue as memory.
    const senders = await Senders.start("small-points", { ...grpc, rate: 10, items: 3000, node });
    await eventually(async () => {
      for (const { name } of dead) {
        const exporter = `otlp_grpc/metrics-${name}`;
        const refused = await gatewaySum("otelcol_exporter_enqueue_failed_metric_points", { exporter });
        assert.ok(refused > 100_000, `the queue of ${name} accepts all data`);
      }
    }, 150);
    const { ok, failed, lastErrors } = await stop(senders);
    assert.equal(failed, 0, lastErrors.join("\n"));
    await eventually(async () => {
      const [group] = await living.counts();
      assert.deepEqual([group?.distinct, group?.items], [ok, ok * 3000]);
    }, 90);
  });

  it("is never exceeded: senders get an answer to retry later, and can push again when there is room", async () => {
    await living.reset();
    await living.behave({ code: "UNAVAILABLE" });
    const watch = await Senders.start("watch", { ...grpc, rate: 5, node });
    const pusher = await Application.startOn(node, application);
    let accepted = 0;
    let unknown = 0;
    await eventually(async () => {
      for (;;) {
        const { status, body } = await pusher.tryPush("metrics", emptyPoints);
        if (status === 200) accepted++;
        else return assert.match(`${status} ${body}`, /^503 .*high memory usage/);
      }
    }, 60);
    await eventually(async () => {
      const [counts] = [...(await watch.counts()).values()];
      assert.match(counts?.lastErrors.join("\n") ?? "", /Unavailable.*high memory usage/);
    });
    const targets = await stack.output<FlowTargets>("verification");
    let isOver = false;
    const pressing = (async () => {
      for (; !isOver; await sleep(300)) {
        // A request without an answer may have been accepted.
        const { status } = await pusher.tryPush("metrics", emptyPoints).catch(() => ({ status: 0 }));
        if (status === 200) accepted++;
        if (status === 0) unknown++;
      }
    })();
    const { check, connect } = await loadCheck();
    const { refusals } = await check(connect({}), targets, { timeoutSeconds: 40 });
    isOver = true;
    await pressing;
    const refusing = (await pods("telemetry", "telemetry-otlp-gateway")).filter(({ spec }) => spec.nodeName === node);
    for (const { name } of [living, ...dead]) {
      const found = refusals[`metricPipelines/${name}`];
      assert.deepEqual([found?.lasting, found?.pods], [true, refusing.map(({ metadata }) => metadata.name)]);
    }

    for (const backend of [living, ...dead]) await backend.behave({});
    await eventually(() => pusher.push("metrics", emptyPoints), 90);
    accepted++;
    const { ok } = await stop(watch);
    await eventually(async () => {
      const pushed = (await living.counts()).filter(({ name }) => name !== "telemetry.canary");
      const items = pushed.reduce((sum, group) => sum + group.items, 0);
      const surplus = (items - ok) / points - accepted;
      assert.ok(Number.isInteger(surplus) && surplus >= 0 && surplus <= unknown, `${surplus} of ${unknown} unknown`);
    }, 180);

    for (const { spec, status } of await get<Gateway>("pods", "-n", "telemetry")) {
      assert.equal(status.containerStatuses[0]?.restartCount, 0);
      const [used] = await selfMetrics(status.podIP, "otelcol_process_memory_rss");
      assert.ok(used && used.value < Number(spec.containers[0]?.resources.limits.memory));
    }
    assert.equal((await pods("telemetry", "telemetry-otlp-gateway")).length, (await nodeNames()).length);
  });
});
