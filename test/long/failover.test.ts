import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { get, kubectl, nodeNames, pods, type KubernetesObject } from "../e2e/support/kubectl";
import { makeNamespaces, removeNamespaces } from "../e2e/support/probe";
import { Stack } from "../e2e/support/stack";

const interval = 2;
/** Seconds: a lease lasts 15 s, the next collector reads it every 2 s, then reads all objects and waits for an interval. */
const longestGap = 40;

/** A header from a Secret: the agent can send it only if its pods have the merged Secret. */
const token = "the state's $${env:HOME}";

const cluster = (...args: string[]) =>
  promisify(execFile)("cluster", [...args, "--state", process.env.CLUSTER_STATE ?? ""]);

describe("the state of the cluster", function () {
  this.timeout("6m");
  let backend: Backend;
  const stack = new Stack({});

  const mergedSecrets = () => get("secrets", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-credentials");

  /** Returns the times at which the replicas of one Deployment were collected, in seconds. */
  const collected = async (): Promise<number[]> =>
    (
      await backend.items({
        name: "k8s.deployment.desired",
        "resource.k8s.deployment.name": "telemetry-metric-agent-cluster",
      })
    )
      .map(({ time }) => Number(BigInt(time) / 1_000_000n) / 1000)
      .sort((a, b) => a - b);

  before(async () => {
    await makeNamespaces(backendNamespace);
    backend = await Backend.prepare("state");
    stack.configure({
      metric: { collectionInterval: `${interval}s` },
      metricPipelines: [
        {
          name: "state",
          input: {
            otlp: { enabled: false },
            runtime: {
              enabled: true,
              namespaces: {},
              resources: { pod: { enabled: false }, container: { enabled: false }, node: { enabled: false } },
            },
          },
          output: {
            otlp: {
              endpoint: { value: backend.grpc },
              tls: { insecure: true },
              headers: [{ name: "x-token", value: token }],
            },
          },
        },
      ],
    });
    await stack.create();
    await stack.up();
    // The backend runs on the third node, which no test stops.
    const taken = (await pods("telemetry", "telemetry-metric-agent-cluster")).map(({ spec }) => spec.nodeName);
    await backend.run((await nodeNames()).find((name) => !taken.includes(name)));
  });

  after(async () => {
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace);
  });

  const lease = ["-n", "telemetry", "lease", "telemetry-cluster-state"];
  const takings: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      "somebody else takes the lease",
      () => kubectl("patch", ...lease, "--type=merge", "-p", JSON.stringify({ spec: { holderIdentity: "somebody" } })),
    ],
    ["somebody deletes the lease", () => kubectl("delete", ...lease)],
  ];
  for (const [what, take] of takings) {
    it(`is collected by exactly one again when ${what}`, async () => {
      // The first holder since the start of the pods has the lease. If its receiver started before it watched the lease,
      // the receiver would never stop.
      await eventually(async () => assert.ok((await collected()).length > 3), 90);
      await take();
      const taken = Date.now() / 1000;
      await eventually(async () => {
        const after = (await collected()).filter((time) => time > taken + 12);
        assert.ok(after.length > 5, "no collector collects");
      }, 90);
      await sleep(10 * interval * 1000);
      assertOneCollector(await collected());
    });
  }

  it("is collected by another collector within seconds if the node of the first one dies, and never twice", async () => {
    const both = await pods("telemetry", "telemetry-metric-agent-cluster");
    assert.equal(new Set(both.map(({ spec }) => spec.nodeName)).size, 2, "two collectors on two nodes");
    await eventually(async () => assert.ok((await collected()).length > 3), 90);
    const tokens = (await backend.requests("metrics")).map(({ headers }) => headers["x-token"]);
    assert.deepEqual(tokens[0], [Buffer.from(token).toString("base64")]);

    const holder = await leader(both.map(({ metadata, spec }) => ({ name: metadata.name, node: spec.nodeName })));
    const killed = Date.now() / 1000;
    await cluster("node", "stop", holder);
    try {
      const next = await eventually(async () => {
        const after = (await collected()).filter((time) => time > killed + 5);
        assert.ok(after.length > 5, "no collector collects");
        return after[0] as number;
      }, 90);
      const last = Math.max(...(await collected()).filter((time) => time < killed + 5));
      console.log(`      the gap was ${(next - last).toFixed(1)} s, with ${interval} s between two collections`);
      assert.ok(next - last < longestGap, `${next - last} s`);
    } finally {
      await cluster("node", "start", holder);
    }
    await kubectl("wait", "--for=condition=Ready", `node/${holder}`, "--timeout=60s");
    await sleep(10 * interval * 1000);
    assertOneCollector(await collected());
  });

  it("leaves nothing behind, credentials included, when no pipeline pulls any more", async () => {
    assert.equal((await mergedSecrets()).length, 1);
    stack.configure({ allowNoPipelines: true });
    await stack.up();
    const kinds = "daemonsets,deployments,secrets,configmaps,serviceaccounts,roles,leases";
    const objects = await get<KubernetesObject>(kinds, "-n", "telemetry");
    assert.deepEqual(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), [
      "ConfigMap kube-root-ca.crt",
      "ServiceAccount default",
    ]);
  });
});

/** Checks that one collector collects: two would collect twice as often. */
function assertOneCollector(collected: readonly number[]): void {
  const times = [...new Set(collected)];
  for (const time of times) {
    const many = times.filter((other) => other >= time && other < time + 5 * interval).length;
    assert.ok(many <= 7, `${many} collections in ${5 * interval} s`);
  }
}

/** Returns the node of the collector that has the lease. Each collector logs the identity that it uses for it. */
async function leader(collectors: readonly { name: string; node: string }[]): Promise<string> {
  const holder = await kubectl(
    "-n",
    "telemetry",
    "get",
    "lease",
    "telemetry-cluster-state",
    "-o",
    "jsonpath={.spec.holderIdentity}",
  );
  for (const { name, node } of collectors) {
    const log = await kubectl("-n", "telemetry", "logs", name);
    if (log.includes(holder)) return node;
  }
  throw new Error("no collector has the lease");
}
