import { strict as assert } from "node:assert";

import { apply, bin, cluster, eventually, fetchText, pods, state } from "../helpers";
import { isReady, kubectlHere, namespace, scene } from "./scene";

const pod = (name: string, image: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - { name: main, image: "${image}", imagePullPolicy: IfNotPresent, args: [serve] }
`;

export function workloads(): void {
  it("over its memory limit a container is killed and started again", async function () {
    const agent = scene.agent("node2");
    await fetchText(`http://${agent.status.podIP}:8080/alloc?mb=80`).catch(() => undefined); // its server dies
    await eventually(async () => {
      const now = (await pods(namespace, "app=agent")).find((p) => p.metadata.name === agent.metadata.name);
      assert.equal(now?.status.containerStatuses?.[0]?.lastState.terminated?.reason, "OOMKilled");
      assert(isReady(now));
    });
  });

  it("a DaemonSet rolls", async function () {
    await kubectlHere("set", "env", "daemonset/agent", "ROUND=2");
    await kubectlHere("rollout", "status", "daemonset/agent", "--timeout=150s");
    await scene.loadPods("agent");
    const name = scene.agent("node3").metadata.name;
    assert.match(await kubectlHere("exec", name, "--", "/probe", "env"), /^ROUND=2$/m);
  });

  it("a Deployment spreads over the nodes", async function () {
    await kubectlHere("create", "deployment", "web", "--image=telemetry.test/probe:1", "--replicas=6");
    await kubectlHere("rollout", "status", "deployment/web", "--timeout=150s");
    const nodes = new Set((await pods(namespace, "app=web")).map((p) => p.spec.nodeName));
    assert.equal(nodes.size, scene.nodes.length);
    await kubectlHere("delete", "deployment", "web", "--wait=false");
  });

  it("images are loaded under any name while the cluster runs, and pinned by digest", async function () {
    const name = "registry.example.com/team/loaded:1.2.3";
    const byDigest = await cluster("load-image", name, `${bin}/probe=/usr/bin/app`, "--state", state);
    assert.match(byDigest, /^registry\.example\.com\/team\/loaded@sha256:[0-9a-f]{64}$/);
    await apply(pod("by-tag", name) + "---" + pod("by-digest", byDigest));
    await kubectlHere("wait", "--for=condition=Ready", "pod/by-tag", "pod/by-digest", "--timeout=100s");
    await kubectlHere("delete", "pod", "by-tag", "by-digest", "--wait=false");
  });

  it("an image that no node has fails at once", async function () {
    await apply(pod("missing", "registry.example.com/no/such:1"));
    await eventually(async () => {
      const [missing] = await pods(namespace, "app=missing");
      const reason = missing?.status.containerStatuses?.[0]?.state.waiting?.reason ?? "";
      assert.match(reason, /^(ErrImagePull|ImagePullBackOff)$/);
    }, 25_000);
    await kubectlHere("delete", "pod", "missing", "--wait=false");
  });
}
