import { strict as assert } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { eventually, kubectl } from "../helpers";
import { kubectlHere, namespace, scene } from "./scene";

interface Summary {
  node: {
    memory: { workingSetBytes: number; availableBytes: number };
    network: { rxBytes: number };
    fs: { capacityBytes: number };
  };
  pods: {
    podRef: { name: string; namespace: string };
    containers: { cpu: { usageCoreNanoSeconds: number }; memory: { workingSetBytes: number } }[];
    network: { rxBytes: number };
    volume: { name: string }[];
  }[];
}

const fromKubelet = (node: string, path: string): Promise<string> =>
  kubectl("get", "--raw", `/api/v1/nodes/${node}/proxy/${path}`);

/** Searches a long text. `assert.match` would print all of it. */
const hasLine = (text: string, line: RegExp): void => assert(line.test(text), `no line ${line.source}`);

export function observability(): void {
  it("logs and exec", async function () {
    const agent = scene.agent("node1").metadata.name;
    assert.match(await kubectlHere("logs", agent), /^serving on :8080/);
    const env = (await kubectlHere("exec", agent, "--", "/probe", "env")).split("\n");
    assert(env.includes("NODE_NAME=node1"), "downward API");
    assert(env.includes(`POD_IP=${scene.agent("node1").status.podIP}`), "downward API");
    assert(env.includes(`GOMEMLIMIT=${48 << 20}`), "limit as environment variable");
  });

  it("memory limits are in the node's cgroup", function () {
    const uid = scene.agent("node1").metadata.uid;
    const kubepods = `/sys/fs/cgroup/memory/${scene.status.name}/node1/kubepods`;
    const limits = readdirSync(kubepods, { recursive: true, encoding: "utf8" })
      .filter((path) => path.includes(uid) && path.endsWith("/memory.limit_in_bytes"))
      .map((path) => readFileSync(join(kubepods, path), "utf8").trim());
    assert(limits.includes(String(48 << 20)), `limits: ${limits.join(" ")}`);
  });

  it("stats/summary has the node and its pods", async function () {
    await eventually(async () => {
      const summary = JSON.parse(await fromKubelet("node1", "stats/summary")) as Summary;
      assert(summary.node.memory.workingSetBytes > 0 && summary.node.memory.availableBytes > 0);
      assert(summary.node.network.rxBytes > 0 && summary.node.fs.capacityBytes > 0);
      const agent = summary.pods.find((p) => p.podRef.name === scene.agent("node1").metadata.name);
      assert(agent, "the agent is listed");
      const container = agent.containers[0];
      assert(container && container.cpu.usageCoreNanoSeconds > 0 && container.memory.workingSetBytes > 0);
      assert(agent.network.rxBytes > 0);
      assert(agent.volume.some((v) => v.name === "tmp"));
    });
  });

  it("metrics/cadvisor and metrics/resource have the pods", async function () {
    await eventually(async () => {
      const cadvisor = await fromKubelet("node1", "metrics/cadvisor");
      hasLine(cadvisor, /^container_memory_working_set_bytes\{.*container="agent".*namespace="cluster-test"/m);
      hasLine(cadvisor, /^container_cpu_usage_seconds_total\{.*container="agent"/m);
      hasLine(cadvisor, /^container_network_receive_bytes_total\{.*interface="eth0".*pod="agent/m);
      hasLine(await fromKubelet("node1", "metrics/resource"), /^pod_memory_working_set_bytes\{.*pod="agent/m);
    });
  });

  it("a node reports its own pods only", async function () {
    const cadvisor = await fromKubelet("node2", "metrics/cadvisor");
    assert(cadvisor.includes(scene.agent("node2").metadata.name));
    assert(!cadvisor.includes(scene.agent("node1").metadata.name));
  });

  it("the audit log has one line per request", async function () {
    const name = "audited-by-the-test";
    await kubectlHere("create", "configmap", name);
    await eventually(() => {
      const lines = readFileSync(scene.status.auditLog, "utf8").trim().split("\n");
      const events = lines.filter((line) => line.includes(name)).map((line) => JSON.parse(line) as AuditEvent);
      const event = events.find((e) => e.verb === "create" && e.objectRef.resource === "configmaps");
      assert(event, "the request is in the audit log");
      assert.equal(event.stage, "ResponseComplete");
      assert.equal(event.user.username, "kubernetes-admin");
      assert.equal(event.objectRef.namespace, namespace);
      assert.equal(event.annotations["authorization.k8s.io/decision"], "allow");
      return Promise.resolve();
    });
  });
}

interface AuditEvent {
  verb: string;
  stage: string;
  user: { username: string };
  objectRef: { resource: string; namespace: string };
  annotations: Record<string, string>;
}
