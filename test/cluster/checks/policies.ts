import { strict as assert } from "node:assert";

import { apply, ask, cluster, eventually, lookup, type Pod, pods, state } from "../helpers";
import { kubectlHere, namespace, scene } from "./scene";

/** Each check starts with only the policies that it needs. */
export function policies(): void {
  beforeEach(async function () {
    await kubectlHere("delete", "networkpolicy", "--all");
  });

  after(async function () {
    await kubectlHere("delete", "networkpolicy", "--all");
    await allowed(scene.client("node1"), agentOf("node1"));
  });

  it("ingress: other pods are blocked, across nodes and through a Service", async function () {
    await policy(
      "agent",
      `policyTypes: [Ingress], ingress: [{ from: [{ podSelector: { matchLabels: { app: nobody } } }] }]`,
    );
    await denied(scene.client("node1"), agentOf("node3"));
    await denied(scene.client("node1"), agentOf("node1"));
    await denied(scene.client("node1"), "http://agent-local/");
  });

  it("ingress: the node's own probes and the pod itself always pass", async function () {
    await policy("agent", "policyTypes: [Ingress]");
    await denied(scene.client("node1"), agentOf("node1"));
    const node = await cluster("exec", "node1", "--state", state, "--", "probe", "get", agentOf("node1"));
    assert.match(node, /^200 pod=/);
    const self = await kubectlHere("exec", scene.agent("node1").metadata.name, "--", "/probe", "get", agentOf("node1"));
    assert.match(self, /^200 pod=/);
  });

  it("ingress: allowed by label and named port, and by no other port", async function () {
    await policy(
      "agent",
      `ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ port: http }] }]`,
    );
    await denied(scene.stranger, agentOf("node3"));
    await allowed(scene.client("node1"), agentOf("node3"));
    await allowed(scene.client("node1"), "http://agent-local/");
    await policy(
      "agent",
      `ingress: [{ from: [{ podSelector: { matchLabels: { app: client } } }], ports: [{ port: 9999 }] }]`,
    );
    await denied(scene.client("node1"), agentOf("node3"));
  });

  it("ingress: namespaceSelector, alone and with podSelector", async function () {
    const other = `namespaceSelector: { matchLabels: { cluster-test: other } }`;
    await policy("agent", `ingress: [{ from: [{ ${other} }] }]`);
    await denied(scene.client("node1"), agentOf("node2"));
    await allowed(scene.stranger, agentOf("node2"));
    await policy("agent", `ingress: [{ from: [{ ${other}, podSelector: { matchLabels: { app: client } } }] }]`);
    await denied(scene.stranger, agentOf("node2"));
    await denied(scene.client("node1"), agentOf("node2"));
  });

  it("ingress: ipBlock with except, on a range of ports", async function () {
    const range = scene.status.pods;
    const block = `ipBlock: { cidr: ${range}, except: [${scene.client("node1").status.podIP}/32] }`;
    await policy("agent", `ingress: [{ from: [{ ${block} }], ports: [{ port: 8000, endPort: 8100 }] }]`);
    await denied(scene.client("node1"), agentOf("node3"));
    await allowed(scene.client("node2"), agentOf("node3"));
    await policy("agent", `ingress: [{ from: [{ ${block} }], ports: [{ port: 8081, endPort: 8100 }] }]`);
    await denied(scene.client("node2"), agentOf("node3"));
  });

  it("several policies unite", async function () {
    await policy("agent", "policyTypes: [Ingress]", "deny");
    await denied(scene.client("node1"), agentOf("node2"));
    await policy("agent", `ingress: [{ ports: [{ port: 8080 }] }]`, "allow");
    await allowed(scene.client("node1"), agentOf("node2"));
  });

  it("egress: only DNS is allowed, and ingress is not affected", async function () {
    await policy("client", `policyTypes: [Egress], egress: [${toDNS}]`);
    await denied(scene.client("node1"), agentOf("node2"));
    await denied(scene.client("node1"), agentOf("node1"));
    assert.equal(await lookup(scene.client("node1"), "agent"), `[${scene.agentIP}]`);
    await allowed(scene.agent("node2"), `http://${scene.client("node1").status.podIP}:8080/`);
    await allowed(scene.stranger, agentOf("node2"));
  });

  it("egress: to pods by label and named port, through their Service too", async function () {
    const toAgents = `{ to: [{ podSelector: { matchLabels: { app: agent } } }], ports: [{ port: http }] }`;
    await policy("client", `policyTypes: [Egress], egress: [${toDNS}, ${toAgents}]`);
    await denied(scene.client("node1"), `http://${scene.stranger.status.podIP}:8080/`);
    await allowed(scene.client("node1"), agentOf("node2"));
    await allowed(scene.client("node1"), "http://agent/");
  });

  it("egress: the API server, judged by its real address", async function () {
    const api = `http://kubernetes.default:443/`; // it answers plain HTTP with 400
    await policy("client", `policyTypes: [Egress], egress: [${toDNS}]`);
    await denied(scene.client("node1"), api);
    const address = scene.status.machines[0]?.address;
    const toAPI = `{ to: [{ ipBlock: { cidr: ${address}/32 } }], ports: [{ port: 6443 }] }`;
    await policy("client", `policyTypes: [Egress], egress: [${toDNS}, ${toAPI}]`);
    await allowed(scene.client("node1"), api, /^400/);
  });

  it("egress: to the pod's own node", async function () {
    const kubelet = `http://${scene.addresses["node1"]}:10250/`; // it answers plain HTTP with 400
    await allowed(scene.client("node1"), kubelet, /^400/);
    await policy("client", "policyTypes: [Egress]");
    await denied(scene.client("node1"), kubelet);
    await policy(
      "client",
      `policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: ${scene.addresses["node1"]}/32 } }] }]`,
    );
    await allowed(scene.client("node1"), kubelet, /^400/);
  });

  it("egress and ingress must both agree", async function () {
    await policy("client", `policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }]`, "out");
    await policy("agent", "policyTypes: [Ingress]", "in");
    await denied(scene.client("node1"), agentOf("node1"));
    await denied(scene.client("node1"), agentOf("node2"));
    await kubectlHere("delete", "networkpolicy", "in");
    await allowed(scene.client("node1"), agentOf("node1"));
    await allowed(scene.client("node1"), agentOf("node2"));
  });

  it("probes passed all the time", async function () {
    for (const pod of await pods(namespace, "app=agent")) {
      assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0, pod.metadata.name);
    }
  });
}

const toDNS = `{
  to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } },
         podSelector: { matchLabels: { k8s-app: kube-dns } } }],
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }] }`;

async function policy(app: string, rules: string, name = "policy"): Promise<void> {
  await apply(`
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: ${namespace} }
spec: { podSelector: { matchLabels: { app: ${app} } }, ${rules} }
`);
}

const agentOf = (node: string): string => `http://${scene.agent(node).status.podIP}:8080/`;

async function allowed(from: Pod, url: string, answer = /^200 pod=/): Promise<void> {
  const check = async (): Promise<void> =>
    assert.match(await ask(from, url, "1500ms"), answer, `${from.metadata.name} to ${url}`);
  await eventually(check, 40_000);
}

async function denied(from: Pod, url: string): Promise<void> {
  const refused = /^error:.*(deadline exceeded|Timeout|timeout)/;
  const check = async (): Promise<void> =>
    assert.match(await ask(from, url, "700ms"), refused, `${from.metadata.name} to ${url}`);
  await eventually(check, 40_000);
}
