import { strict as assert } from "node:assert";
import { ask, cluster, eventually, kubectl, pods, processes, state, status } from "../helpers";
import { isReady, namespace, scene } from "./scene";

function only(machine: string, name: string): number {
  const found = processes(scene.status.name, machine, name);
  assert.equal(found.length, 1, `${name} on ${machine}: ${found.join(" ")}`);
  return found[0] as number;
}

/** Kills a program and waits until its supervisor has started another. */
async function killed(machine: string, name: string): Promise<void> {
  const before = only(machine, name);
  process.kill(before, "SIGKILL");
  await eventually(() => Promise.resolve(assert.notEqual(only(machine, name), before)));
}

export function repair(): void {
  it("a killed kubelet comes back and its pods stay", async function () {
    const before = scene.agent("node1");
    await killed("node1", "kubelet");
    await eventually(async () => {
      await kubectl("get", "--raw", "/api/v1/nodes/node1/proxy/healthz");
      const after = (await pods(namespace, "app=agent")).find((p) => p.spec.nodeName === "node1");
      assert(after && isReady(after));
      assert.equal(after.metadata.uid, before.metadata.uid);
      assert.equal(after.status.containerStatuses?.[0]?.restartCount, 0);
    });
  });

  it("a killed containerd comes back and its pods stay", async function () {
    await killed("node1", "containerd");
    assert.match(await ask(scene.client("node1"), "http://agent-local/"), /^200 pod=/);
  });

  it("a killed API server comes back with all its objects", async function () {
    await killed("control-plane", "kube-apiserver");
    await eventually(async () => assert.equal((await status()).code, 0), 120_000);
    await kubectl("get", "namespace", namespace);
  });

  it("the death of a node shows, and `up` starts the node again", async function () {
    this.timeout(400_000);
    const node3 = scene.status.machines.find((m) => m.name === "node3");
    assert(node3);
    process.kill(node3.pid, "SIGKILL");
    await eventually(async () => {
      const now = await status();
      assert.equal(now.code, 1);
      assert.equal(now.machines.find((m) => m.name === "node3")?.running, false);
    });
    await cluster("up", "--state", state);
    const now = await status();
    assert.equal(now.code, 0);
    assert.deepEqual(
      now.machines.filter((m) => m.name !== "node3"),
      scene.status.machines.filter((m) => m.name !== "node3"),
      "the other machines were left alone",
    );
    await eventually(async () => {
      await scene.load(); // at first the API server still has the pods' old state
      const agent = `http://${scene.agent("node3").status.podIP}:8080/`;
      assert.match(await ask(scene.client("node3"), "http://agent-local/"), /node=node3 /);
      assert.match(await ask(scene.client("node1"), agent), /node=node3 /);
    });
  });

  it("`node stop` and `node start` do the same on purpose", async function () {
    this.timeout(400_000);
    await cluster("node", "stop", "node1", "--state", state);
    assert.equal((await status()).machines.find((m) => m.name === "node1")?.running, false);
    assert.match(await cluster("node", "stop", "node1", "--state", state), /does not run/);
    await cluster("node", "start", "node1", "--state", state);
    await eventually(async () => assert.equal((await status()).code, 0), 120_000);
    await scene.load();
  });
}
