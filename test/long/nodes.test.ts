import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apply, get, kubectl, nodeNames, type Pod } from "../e2e/support/kubectl";
import { Stack } from "../e2e/support/stack";

const cluster = (...args: string[]) =>
  promisify(execFile)("cluster", [...args, "--state", process.env.CLUSTER_STATE ?? ""]);

/** A gateway and a node's agent. The backend does not exist, because the tests are about pods. */
const settings = (filtered: string) => ({
  verification: { timeoutSeconds: 30 },
  metricPipelines: [
    {
      name: "a",
      input: { runtime: { enabled: true } },
      filter: [{ conditions: [`metric.name == "${filtered}"`] }],
      output: { otlp: { endpoint: { value: "http://backend.nowhere.example.com:4317" }, tls: { insecure: true } } },
    },
  ],
});

/** Nodes without a kubelet, which Kubernetes soon marks as not ready. */
const madeUp: Readonly<Record<string, { labels: Record<string, string>; taint?: string }>> = {
  "e2e-windows": { labels: { "kubernetes.io/os": "windows" } },
  "e2e-fargate": {
    labels: { "kubernetes.io/os": "linux", "eks.amazonaws.com/compute-type": "fargate" },
    taint: "eks.amazonaws.com/compute-type",
  },
  "e2e-virtual": {
    labels: { "kubernetes.io/os": "linux", type: "virtual-kubelet" },
    taint: "virtual-kubelet.io/provider",
  },
  "e2e-dead": { labels: { "kubernetes.io/os": "linux" } },
};

/** Returns the node of a DaemonSet's pod, also if the scheduler has not placed the pod yet. */
function nodeOf(spec: Pod["spec"]): string {
  const [, chosen] = /"metadata\.name","operator":"In","values":\["([^"]+)"\]/.exec(JSON.stringify(spec)) ?? [];
  return chosen ?? spec.nodeName ?? "";
}

/** Returns the nodes with pods of the telemetry namespace, each once, with the ConfigMap that these pods mount. */
async function configurations(workload: string): Promise<Record<string, string | undefined>> {
  const all = await get<Pod>("pods", "-n", "telemetry", "-l", `app.kubernetes.io/name=${workload}`);
  return Object.fromEntries(
    all.map(({ spec }) => [nodeOf(spec), spec.volumes.find(({ configMap }) => configMap)?.configMap?.name]),
  );
}

const workloads = ["telemetry-otlp-gateway", "telemetry-metric-agent"] as const;

describe("unusual nodes", function () {
  this.timeout("10m");
  const stack = new Stack({});
  let real: string[];

  before(async () => {
    real = await nodeNames();
    await stack.create();
  });

  after(async () => {
    await kubectl("delete", "node", "--ignore-not-found", ...Object.keys(madeUp));
    await stack.destroy();
    stack.dispose();
  });

  it("get no pod if they are not Linux machines, and delay nothing if they are dead", async () => {
    for (const [name, { labels, taint }] of Object.entries(madeUp)) {
      const taints = taint === undefined ? [] : [{ key: taint, value: "x", effect: "NoSchedule" }];
      await apply({ apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: { taints } });
    }
    stack.configure(settings("first"));
    const start = Date.now();
    const output = await stack.up();
    console.log(`      the update took ${Math.round((Date.now() - start) / 1000)} s`);
    assert.match(output, /telemetry-otlp-gateway: Runs on \d nodes of \d\. This node is not ready: e2e-dead /);
    for (const workload of workloads) {
      const nodes = Object.keys(await configurations(workload)).sort();
      assert.deepEqual(nodes, ["e2e-dead", ...real].sort(), workload);
    }
    const { output: status } = await stack.status();
    assert.match(status, /SomeNodesNotReady since .*: Runs on \d nodes of \d\. This node is not ready: e2e-dead /);
  });

  it("do not stop the rollout on other nodes if their kubelet has stopped", async () => {
    await kubectl("delete", "node", "--ignore-not-found", ...Object.keys(madeUp));
    const [stopped = ""] = real;
    await cluster("node", "stop", stopped);
    try {
      await kubectl("wait", "--for=condition=Ready=Unknown", `node/${stopped}`, "--timeout=120s");
      const before = await Promise.all(workloads.map(configurations));
      stack.configure(settings("second"));
      const output = await stack.up();
      assert.match(output, new RegExp(`telemetry-metric-agent: .*not ready: ${stopped} \\(NodeStatusUnknown\\)`));
      const after = await Promise.all(workloads.map(configurations));
      for (const node of real.filter((name) => name !== stopped)) {
        workloads.forEach((workload, i) => {
          assert.ok(after[i]?.[node], `${workload} on ${node}`);
          assert.notEqual(after[i]?.[node], before[i]?.[node], `${workload} on ${node}`);
        });
      }
    } finally {
      await cluster("node", "start", stopped);
    }
    await kubectl("wait", "--for=condition=Ready", `node/${stopped}`, "--timeout=120s");
    for (const workload of workloads) {
      await kubectl("-n", "telemetry", "rollout", "status", `daemonset/${workload}`, "--timeout=120s");
    }
  });

  it("fail the update at once if no node has the required labels", async () => {
    stack.configure({ ...settings("second"), gateway: { nodeSelector: { disk: "e2e-none" } } });
    const start = Date.now();
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0);
    assert.match(output, /finds no node: none has the labels of gateway\.nodeSelector \(disk=e2e-none\)\. Correct /);
    assert.ok(Date.now() - start < 60_000, `${Date.now() - start} ms`);
  });

  it("do not hide that new pods cannot start: the update fails, and every node keeps its gateway", async () => {
    const image = "registry.invalid/otelcol-contrib:0.149.0";
    stack.configure({ ...settings("second"), validation: { mode: "local" }, gateway: { image } });
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0);
    assert.match(
      output,
      /DaemonSet telemetry-otlp-gateway has not rolled out\. Pod \S+ on node \S+ cannot pull its image registry\.invalid/,
    );
    const ready = await kubectl(
      ...["-n", "telemetry", "get", "daemonset", "telemetry-otlp-gateway", "-o", "jsonpath={.status.numberReady}"],
    );
    assert.equal(Number(ready), real.length);
    stack.configure(settings("second"));
    await stack.up();
  });
});
