import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ports, selfMetricsLabel } from "../../components/contract";
import { eventually } from "./support/eventually";
import { changed, configuration, gatewayPods, isRolling, ofGateway, pipeline } from "./support/gateway-scene";
import { everyObject, nodeNames } from "./support/kubectl";
import { query, selfMetrics } from "./support/metrics";
import { makeNamespaces, startProbes } from "./support/probe";
import { Senders, senderNamespace } from "./support/senders";
import { Stack } from "./support/stack";

const grpc = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317" } as const;
const http = { protocol: "http", endpoint: "telemetry-otlp.telemetry:4318" } as const;
/** Services with the names of single signals. Each leads to the same ports. */
const legacy = [
  { protocol: "grpc", endpoint: "telemetry-otlp-metrics.telemetry:4317" },
  { protocol: "http", endpoint: "telemetry-otlp-traces.telemetry:4318" },
  { protocol: "grpc", endpoint: "telemetry-otlp-logs.telemetry:4317" },
] as const;

// `test/long` has the update that is interrupted.
describe("a metric pipeline through the gateway", function () {
  this.timeout("12m");
  const stack = new Stack(configuration);
  let untouched: string[];

  before(async () => {
    untouched = await everyObject();
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
  });

  it("runs one gateway on every node", async () => {
    const nodes = (await gatewayPods()).map(({ spec }) => spec.nodeName).sort();
    assert.deepEqual(nodes, await nodeNames());
  });

  it("accepts data by gRPC and HTTP from the pods of its own node only, and names the sender to the backend", async () => {
    const senders = await Promise.all([
      Senders.start("node-local-grpc", { ...grpc, rate: 20 }),
      Senders.start("node-local-http", { ...http, rate: 20 }),
      ...legacy.map((service, i) => Senders.start(`node-local-legacy-${i}`, { ...service, rate: 5 })),
    ]);
    await sleep(5000);
    const sent = new Map<string, number>();
    for (const group of senders) {
      for (const [pod, { ok, failed, lastErrors }] of await group.stop()) {
        assert.equal(failed, 0, lastErrors.join("\n"));
        const node = group.nodeOf(pod) ?? "";
        sent.set(node, (sent.get(node) ?? 0) + ok);
      }
    }

    const accepted = new Map<string, number>();
    for (const { spec, status } of await gatewayPods()) {
      const samples = await selfMetrics(status.podIP, "otelcol_receiver_accepted_metric_points");
      accepted.set(
        spec.nodeName,
        samples.reduce((sum, { value }) => sum + value, 0),
      );
    }
    assert.deepEqual([...accepted].sort(), [...sent].sort());

    await eventually(async () => {
      for (const group of senders) {
        for (const sender of group.podNames) {
          const series = await query(`last_over_time(probe_sequence{sender="${sender}",k8s_pod_name!=""}[5m])`);
          assert.deepEqual(
            series.map(({ labels }) => [labels.k8s_namespace_name, labels.k8s_pod_name, labels.k8s_node_name]),
            [["e2e-senders", sender, group.nodeOf(sender)]],
          );
        }
      }
    });
    await Promise.all(senders.map((group) => group.remove()));
  });

  it("lets every pod reach the ports for data, and only labelled pods the port of its own metrics", async () => {
    await makeNamespaces(senderNamespace);
    const [ordinary = "", labelled = ""] = await startProbes([
      { namespace: senderNamespace, name: "ordinary", args: ["serve"] },
      { namespace: senderNamespace, name: "labelled", args: ["serve"], labels: selfMetricsLabel },
    ]);
    const answer = async (from: string, url: string) =>
      (await fetch(`http://${from}:8080/get?timeout=1s&url=${encodeURIComponent(url)}`)).text();
    // A gRPC server sends HTTP/2 before any request.
    const speaksHttp2 = /^error: .*malformed HTTP response/;
    const shut = /^error: .*(Timeout|deadline) exceeded/;
    const answers = (from: string, metrics: RegExp): [string, string, RegExp][] => [
      [from, `${ports.otlpGrpc}/`, speaksHttp2],
      [from, `${ports.otlpHttp}/v1/metrics`, /^405 /],
      [from, `${ports.selfMetrics}/metrics`, metrics],
      [from, `${ports.health}/`, shut],
    ];
    await eventually(async () => {
      for (const { spec, status } of await gatewayPods()) {
        const asked = [...answers(ordinary, shut), ...answers(labelled, /^200 [^]*otelcol_process_uptime/)];
        await Promise.all(
          asked.map(async ([from, rest, expected]) => {
            const who = `${from === ordinary ? "ordinary" : "labelled"} pod to ${spec.nodeName}, ${rest}`;
            assert.match(await answer(from, `http://${status.podIP}:${rest}`), expected, who);
          }),
        );
      }
    }, 180);
  });

  it("changes nothing when nothing was changed", async () => {
    const uids = (await gatewayPods()).map(({ metadata }) => metadata.uid).sort();
    const { code, output } = await stack.preview("--expect-no-changes");
    assert.equal(code, 0, output);
    assert.match(await stack.up(), /\d+ unchanged/);
    assert.deepEqual((await gatewayPods()).map(({ metadata }) => metadata.uid).sort(), uids);
  });

  it("rolls to a changed configuration while senders lose no request and no point", async () => {
    const [oldConfig] = await ofGateway("configmaps");
    const [oldPolicy] = await ofGateway("networkpolicies");
    const oldPods = (await gatewayPods()).map(({ metadata }) => metadata.name);
    const senders = await Promise.all([
      Senders.start("roll-grpc", { ...grpc, rate: 20 }),
      Senders.start("roll-http", { ...http, rate: 20 }),
      Senders.start("roll-http-new", { ...http, rate: 20, newConnections: true }),
    ]);

    stack.configure(changed);
    const hasBegun = async () => {
      assert.ok(await isRolling(oldPods), "no new pod yet");
      return ofGateway("networkpolicies");
    };
    const [, whileRolling] = await Promise.all([stack.up(), eventually(hasBegun, 400)]);
    // The old pods keep their policy, and the new pods have another one.
    assert.equal(whileRolling.length, 2);
    assert.ok(whileRolling.includes(oldPolicy ?? ""));
    const [policy, ...others] = await ofGateway("networkpolicies");
    assert.deepEqual(others, []);
    assert.notEqual(policy, oldPolicy);
    // The last old pods drain for a while.
    await sleep(8000);

    const accepted = new Map<string, number>();
    for (const group of senders) {
      for (const [sender, { ok, failed, resent, lastErrors }] of await group.stop()) {
        assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed:\n${lastErrors.join("\n")}`);
        // A kept connection may be closed just as it is used. More than one or two cases would not be chance.
        assert.ok(resent <= 2, `${sender}: ${resent} of ${ok} requests met a closed connection`);
        accepted.set(sender, ok);
      }
    }
    const newPods = (await gatewayPods()).map(({ metadata }) => metadata.name);
    assert.deepEqual(
      newPods.filter((name) => oldPods.includes(name)),
      [],
    );
    const configs = await ofGateway("configmaps");
    assert.equal(configs.length, 1);
    assert.notEqual(configs[0], oldConfig);

    await eventually(async () => {
      const arrived = await query("sum by (sender) (count_over_time(probe_sequence[10m]))");
      const bySender = new Map(arrived.map(({ labels, value }) => [labels.sender ?? "", value]));
      assert.deepEqual(
        [...accepted.keys()].sort().map((sender) => [sender, bySender.get(sender)]),
        [...accepted].sort(),
      );
    });
    await Promise.all(senders.map((group) => group.remove()));
  });

  it("reports all faults of a configuration with place and remedy, and changes nothing", async () => {
    const uids = (await gatewayPods()).map(({ metadata }) => metadata.uid).sort();
    stack.configure({
      ...configuration,
      metricPipelines: [
        { ...pipeline, inputs: {} },
        { name: "Bad_Name", output: { otlp: { endpoint: { value: "backend" } } } },
      ],
    });
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    assert.match(output, /metricPipelines\[0\]\.inputs: .*Did you mean `input`\?/);
    assert.match(output, /metricPipelines\[1\]\.name: /);
    assert.match(output, /metricPipelines\[1\]\.output\.otlp\.endpoint.*: /);
    await assert.rejects(stack.up());
    assert.deepEqual((await gatewayPods()).map(({ metadata }) => metadata.uid).sort(), uids);
    stack.configure(changed);
  });

  it("leaves no object behind when it is destroyed", async () => {
    await Senders.removeAll();
    await stack.destroy();
    await eventually(async () => assert.deepEqual(await everyObject(), untouched));
  });
});
