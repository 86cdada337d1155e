import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import type { CoreV1Api } from "@kubernetes/client-node";
import { clusterFactsReader, clusterUid, kubernetesMinor, type ClusterFacts } from "../../../components/cluster-facts";
import { readNamespaceFacts } from "../../../components/cluster-facts/namespace-facts";
import { minorOf, readClusterFacts } from "../../../components/cluster-facts/read-facts";
import { kubeconfigOf } from "../helpers/kubeconfig";

const facts: ClusterFacts = { groups: ["apps"], operatorKinds: ["PodMonitor"], uid: "uid" };

describe("facts about the cluster", () => {
  it("are read once, even if reading fails", () => {
    const answers = [{ output: facts }, { error: "no route" }];
    for (const answer of answers) {
      const spawn = mock.method(childProcess, "spawnSync", () => ({
        status: 0,
        stdout: JSON.stringify(answer),
        stderr: "",
      }));
      try {
        const read = clusterFactsReader({ kubeconfig: "/nowhere" });
        for (let times = 0; times < 3; times++) {
          if ("output" in answer) assert.deepEqual(read(), facts);
          else assert.throws(read, { message: "no route" });
        }
        assert.equal(spawn.mock.callCount(), 1);
      } finally {
        spawn.mock.restore();
      }
    }
  });

  it("state whether a namespace is being deleted", async () => {
    const read = (metadata: object): Promise<unknown> => {
      const core = {
        readNamespace: () => Promise.resolve({ metadata }),
        listNamespacedServiceAccount: () => Promise.resolve({ items: [] }),
      };
      return readNamespaceFacts(core as unknown as CoreV1Api, "shop");
    };
    assert.deepEqual(await read({}), { status: "there", hasAccounts: false });
    const deletionTimestamp = new Date();
    assert.deepEqual(await read({ deletionTimestamp }), { status: "there", hasAccounts: false, isTerminating: true });
  });

  it("have the minor version of Kubernetes, also where a cloud decorates it, and none where it is unknown", () => {
    assert.equal(minorOf({ major: "1", minor: "31" }), 31);
    assert.equal(minorOf({ major: "1", minor: "32+" }), 32);
    assert.equal(minorOf({ major: "2", minor: "0" }), undefined);
    assert.equal(minorOf({ major: "1", minor: "" }), undefined);
    assert.equal(
      kubernetesMinor(() => ({ ...facts, kubernetesMinor: 31 })),
      31,
    );
    const silent = (): ClusterFacts => {
      throw new Error("no route");
    };
    assert.equal(kubernetesMinor(silent), undefined);
  });

  it("have the cluster's uid, or a warning that names why it is missing", () => {
    const warnings: string[] = [];
    const warn = (text: string): void => void warnings.push(text);
    assert.equal(
      clusterUid(() => facts, warn),
      "uid",
    );
    assert.deepEqual(warnings, []);
    assert.equal(
      clusterUid(() => ({ groups: [], operatorKinds: [] }), warn),
      undefined,
    );
    const silent = (): ClusterFacts => {
      throw new Error("no route");
    };
    assert.equal(clusterUid(silent, warn), undefined);
    assert.deepEqual(warnings, [
      "Data gets no k8s.cluster.uid in this update, because the right to get the namespace kube-system is missing.",
      "Data gets no k8s.cluster.uid in this update, because the cluster did not answer.",
    ]);
  });
});

describe("The collectors of a stack", () => {
  const account = (namespace: string) => ({ metadata: { name: "telemetry-otlp-gateway", namespace } });
  const namespace = (annotations?: object) => ({ metadata: { annotations } });
  const ofCollectors = "app.kubernetes.io/part-of=telemetry,app.kubernetes.io/managed-by=pulumi";
  const cluster: Readonly<Record<string, object>> = {
    "/apis": { groups: [] },
    "/version": { major: "1", minor: "37" },
    "/api/v1/serviceaccounts": { items: ["b", "a", "a", "c", "d"].map(account) },
    "/api/v1/namespaces/a": namespace({ "telemetry/stack": "telemetry/prod" }),
    "/api/v1/namespaces/b": namespace({ "telemetry/used-by": "telemetry/prod" }),
    "/api/v1/namespaces/c": namespace({ "telemetry/stack": "telemetry/dev" }),
    "/api/v1/namespaces/d": namespace(),
  };

  /** Reads the facts of a cluster with these objects; other paths do not exist. */
  async function collectorNamespaces(objects = cluster, refused?: string): Promise<readonly string[] | undefined> {
    const server = createServer(({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://cluster");
      if (pathname.endsWith("serviceaccounts")) assert.equal(searchParams.get("labelSelector"), ofCollectors);
      const status = pathname === refused ? 403 : objects[pathname] ? 200 : 404;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(objects[pathname] ?? { kind: "Status", code: status }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const kubeconfig = kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      return (await readClusterFacts({ kubeconfig, collectorsOf: "telemetry/prod" })).collectorNamespaces;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  it("are found in the namespaces that the stack created or uses, and in no other", async () => {
    assert.deepEqual(await collectorNamespaces(), ["a", "b"]);
    assert.deepEqual(await collectorNamespaces({ ...cluster, "/api/v1/serviceaccounts": { items: [] } }), []);
  });

  it("are unknown without the right to look for them", async () => {
    for (const refused of ["/api/v1/serviceaccounts", "/api/v1/namespaces/b"])
      assert.equal(await collectorNamespaces(cluster, refused), undefined);
  });
});
