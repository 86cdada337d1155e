import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { ask, bin, eventually, fetchText, kubectl, lookup, must, state } from "../helpers";
import { namespace, scene } from "./scene";

/**
 * Nodes learn later than the API server which pods are ready, and a machine that stands still for a moment answers late.
 * So checks of Services and of what fails at once have several attempts.
 */
export function network(): void {
  it("DNS answers in pods of every node, by short and by full name", async function () {
    for (const node of scene.nodes) {
      for (const name of ["agent", `agent.${namespace}`, `agent.${namespace}.svc.cluster.local`]) {
        assert.equal(await lookup(scene.client(node), name), `[${scene.agentIP}]`, `${name} on ${node}`);
      }
    }
  });

  it("names outside the cluster fail at once", async function () {
    await eventually(async () => {
      const begin = Date.now();
      assert.match(await lookup(scene.client("node1"), "example.com"), /error:.*no such host/);
      assert(Date.now() - begin < 3000, "took longer than 3 s");
    });
  });

  it("internalTrafficPolicy Local stays on the node", async function () {
    for (const node of scene.nodes) {
      const local = "http://agent-local/";
      await eventually(async () => assert.match(await ask(scene.client(node), local, "1500ms"), /^200 /));
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => ask(scene.client(node), "http://agent-local/")),
      );
      for (const answer of answers) {
        assert.match(answer, new RegExp(`^200 pod=.* node=${node} `));
      }
    }
  });

  it("a ClusterIP spreads over all nodes", async function () {
    await eventually(async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 * scene.nodes.length }, () => ask(scene.client("node1"), "http://agent/", "5s")),
      );
      const nodes = new Set(answers.map((a) => /node=(\S+)/.exec(a)?.[1] ?? a));
      assert.deepEqual([...nodes].sort(), [...scene.nodes].sort());
    });
  });

  it("pods reach pods of all nodes with their own address", async function () {
    const client = scene.client("node1");
    for (const node of scene.nodes) {
      const answer = await ask(client, `http://${scene.agent(node).status.podIP}:8080/`);
      assert.match(answer, new RegExp(`node=${node} .* from=${client.status.podIP}:`));
    }
  });

  it("a pod reaches itself through its Service", async function () {
    assert.match(await ask(scene.agent("node1"), "http://agent-local/"), /^200 pod=/);
  });

  it("hostPort and NodePort answer on the nodes' addresses", async function () {
    for (const node of scene.nodes) {
      assert.match(await fetchText(`http://${scene.addresses[node]}:18080/`), new RegExp(`node=${node} `));
      assert.match(await fetchText(`http://${scene.addresses[node]}:${scene.nodePort}/`), /^200 pod=agent/);
    }
  });

  it("the host reaches pods and ClusterIPs", async function () {
    const answer = await fetchText(`http://${scene.agent("node1").status.podIP}:8080/`);
    assert.match(answer, new RegExp(`^200 pod=agent.* from=${scene.status.host}:`));
    assert.match(await fetchText(`http://${scene.agentIP}/`), /^200 pod=agent/);
  });

  it("pods reach the host", async function () {
    const server = createServer((_, answer) => answer.end("from the host"));
    await new Promise<void>((listening) => server.listen(0, scene.status.host, listening));
    try {
      const { port } = server.address() as AddressInfo;
      assert.equal(await ask(scene.client("node2"), `http://${scene.status.host}:${port}/`), "200 from the host");
    } finally {
      server.close();
    }
  });

  it("port-forward", async function () {
    const forward = spawn(
      `${bin}/kube`,
      ["kubectl", "--kubeconfig", `${state}/kubeconfig`, "-n", namespace, "port-forward", "service/agent", ":80"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      const port = await new Promise<string>((done, failed) => {
        let said = "";
        forward.stdout.on("data", (part: Buffer) => {
          said += part.toString();
          const found = /127\.0\.0\.1:(\d+) ->/.exec(said)?.[1];
          if (found) {
            done(found);
          }
        });
        forward.on("exit", () => failed(new Error(`port-forward ended: ${said}`)));
      });
      assert.match(await fetchText(`http://127.0.0.1:${port}/`), /^200 pod=agent/);
    } finally {
      forward.kill();
    }
  });

  it("nothing listens on the host", function () {
    // Ports of the API server, etcd, kubelet and kube-proxy; a hexadecimal port, and 0A for a listening socket.
    const sockets = readFileSync("/proc/net/tcp", "utf8") + readFileSync("/proc/net/tcp6", "utf8");
    for (const port of [6443, 2379, 2380, 10250, 10256, 10249, 10257, 10259]) {
      const hex = port.toString(16).toUpperCase().padStart(4, "0");
      assert.doesNotMatch(sockets, new RegExp(`:${hex} [0-9A-F]+:0000 0A`), `port ${port}`);
    }
  });

  it("nothing leaves the machine", async function () {
    for (const address of ["198.51.100.1", "203.0.113.1"]) {
      await eventually(async () => {
        const begin = Date.now();
        assert.match(await ask(scene.client("node1"), `http://${address}/`, "5s"), /error:.*(unreachable|no route)/);
        assert(Date.now() - begin < 1500, "it fails at once");
      });
    }
    for (const range of [scene.status.pods, scene.status.services]) {
      assert.match(await must("ip", ["route", "show", "type", "unreachable", range]), /metric 4000/);
    }
  });

  it("each node has its range of pod addresses on record", async function () {
    for (const node of scene.nodes) {
      const range = await kubectl("get", "node", node, "-o", "jsonpath={.spec.podCIDR}");
      assert.equal(range, scene.agent(node).status.podIP.replace(/\d+$/, "0/24"));
    }
  });
}
