/** The pods that all checks work with: an agent and a client on each node, and a stranger in another namespace. */

import { strict as assert } from "node:assert";

import { eventually, kubectl, type Pod, pods, status, type Status } from "../helpers";

export const namespace = "cluster-test";
export const otherNamespace = "cluster-test-other";

export const kubectlHere = (...args: string[]): Promise<string> => kubectl("-n", namespace, ...args);

interface Service {
  spec: { clusterIP: string; ports: { nodePort: number }[] };
}

class Scene {
  nodes: string[] = [];
  addresses: Record<string, string> = {};
  status!: Status;
  stranger!: Pod;
  agentIP = "";
  nodePort = 0;
  private byNode: Record<string, Record<string, Pod>> = {};

  /** Waits until everything runs and looks up names and addresses. */
  async load(): Promise<void> {
    this.status = await status();
    const machines = this.status.machines.filter((m) => m.name.startsWith("node"));
    this.nodes = machines.map((m) => m.name);
    this.addresses = Object.fromEntries(machines.map((m) => [m.name, m.address]));
    await Promise.all(["agent", "client"].map((app) => this.loadPods(app)));
    const [stranger] = await eventually(() => readyPods(otherNamespace, "app=stranger", 1));
    this.stranger = stranger as Pod;
    const service = JSON.parse(await kubectlHere("get", "service", "agent", "-o", "json")) as Service;
    this.agentIP = service.spec.clusterIP;
    this.nodePort = service.spec.ports[0]?.nodePort ?? 0;
  }

  /** Looks again at pods that were replaced. */
  async loadPods(app: string): Promise<void> {
    const found = await eventually(() => readyPods(namespace, `app=${app}`, this.nodes.length), 120_000);
    this.byNode[app] = Object.fromEntries(found.map((p) => [p.spec.nodeName, p]));
    assert.deepEqual(Object.keys(this.byNode[app]).sort(), [...this.nodes].sort(), "one pod on each node");
  }

  agent(node: string): Pod {
    return this.pod("agent", node);
  }

  client(node: string): Pod {
    return this.pod("client", node);
  }

  private pod(app: string, node: string): Pod {
    const pod = this.byNode[app]?.[node];
    assert(pod, `no pod ${app} on ${node}`);
    return pod;
  }
}

export const scene = new Scene();

export const isReady = (pod: Pod): boolean =>
  pod.status.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;

async function readyPods(where: string, selector: string, count: number): Promise<Pod[]> {
  const found = await pods(where, selector);
  const ready = found.filter(isReady);
  assert.equal(ready.length, count, `${selector}: ${ready.length} of ${count} pods ready`);
  assert.equal(found.length, count, `${selector}: a former pod is still there`);
  return ready;
}
