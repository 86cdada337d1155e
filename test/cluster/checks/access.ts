import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { request } from "node:https";

import { eventually, kubectl, run, bin, state } from "../helpers";
import { kubectlHere, namespace, scene } from "./scene";

/** Sends a request to a kubelet, and verifies its certificate against the cluster's authority and the given name. */
function askKubelet(node: string, name: string, token?: string): Promise<{ code: number; body: string }> {
  return new Promise((done, failed) => {
    const call = request(
      {
        host: scene.addresses[node],
        port: 10250,
        path: "/stats/summary",
        ca: readFileSync(`${state}/pki/node1/ca.crt`),
        servername: name,
        agent: false,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      },
      (answer) => {
        let body = "";
        answer.on("data", (part: Buffer) => (body += part.toString()));
        answer.on("end", () => done({ code: answer.statusCode ?? 0, body }));
      },
    );
    call.on("error", failed);
    call.end();
  });
}

export function access(): void {
  after(async function () {
    await kubectl("delete", "clusterrole,clusterrolebinding", "cluster-test", "--ignore-not-found");
  });

  it("kubelets refuse anonymous callers and requests without a right", async function () {
    assert.equal((await askKubelet("node1", "node1")).code, 401);
    await kubectlHere("create", "serviceaccount", "scraper");
    const token = await kubectlHere("create", "token", "scraper");
    assert.equal((await askKubelet("node1", "node1", token)).code, 403);
  });

  it("a ServiceAccount with nodes/stats reads the kubelet over verified TLS", async function () {
    await kubectl("create", "clusterrole", "cluster-test", "--verb=get", "--resource=nodes/stats,nodes/metrics");
    const account = `--serviceaccount=${namespace}:scraper`;
    await kubectl("create", "clusterrolebinding", "cluster-test", "--clusterrole=cluster-test", account);
    const token = await kubectlHere("create", "token", "scraper");
    await eventually(async () => {
      for (const node of scene.nodes) {
        const { code, body } = await askKubelet(node, node, token);
        assert.equal(code, 200, body);
        assert.match(body, new RegExp(`"nodeName": "${node}"`));
      }
    });
  });

  it("Pod Security admission is enforced", async function () {
    await kubectl("create", "namespace", "cluster-test-restricted");
    try {
      const level = "pod-security.kubernetes.io/enforce=restricted";
      await kubectl("label", "namespace", "cluster-test-restricted", level);
      const args = ["--kubeconfig", `${state}/kubeconfig`, "-n", "cluster-test-restricted", "run", "bad"];
      const { code, stderr } = await run(`${bin}/kube`, [
        ...["kubectl", ...args, "--image=telemetry.test/probe:1", "--privileged", "--dry-run=server"],
      ]);
      assert.notEqual(code, 0);
      assert.match(stderr, /violates PodSecurity "restricted/);
    } finally {
      await kubectl("delete", "namespace", "cluster-test-restricted", "--wait=false");
    }
  });
}
