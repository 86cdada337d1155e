import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import type { CoreV1Api } from "@kubernetes/client-node";
import * as pulumi from "@pulumi/pulumi";
import { clusterFactsReader, clusterUid, kubernetesMinor, type ClusterFacts } from "../../../components/cluster-facts";
import { readNamespaceFacts } from "../../../components/cluster-facts/namespace-facts";
import { minorOf, readClusterFacts, type FactsRequest } from "../../../components/cluster-facts/read-facts";
import { Telemetry } from "../../../components/telemetry";
import { kubeconfigOf } from "../helpers/kubeconfig";
import { recordResources } from "../helpers/pulumi";

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

  it("have the version of older kubelets: those of nodes that are not upgraded yet lack what the API server has", () => {
    assert.equal(
      kubernetesMinor(() => ({ ...facts, kubernetesMinor: 34, oldestKubeletMinor: 32 })),
      32,
    );
    assert.equal(
      kubernetesMinor(() => ({ ...facts, oldestKubeletMinor: 32 })),
      undefined,
    );
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

/** Calls `work` with the kubeconfig of a cluster with these objects; other paths do not exist, and `refused` is forbidden. */
async function inCluster<T>(
  objects: Readonly<Record<string, object>>,
  refused: string | undefined,
  work: (kubeconfig: string, asked: readonly URL[]) => Promise<T>,
): Promise<T> {
  const asked: URL[] = [];
  const server = createServer(({ url = "" }, response) => {
    const one = new URL(url, "http://cluster");
    asked.push(one);
    const status = one.pathname === refused ? 403 : objects[one.pathname] ? 200 : 404;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(objects[one.pathname] ?? { kind: "Status", code: status }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await work(kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("The oldest kubelet", () => {
  const node = (kubeletVersion: string, labels: object = {}) => ({
    metadata: { labels: { "kubernetes.io/os": "linux", ...labels } },
    status: { nodeInfo: { kubeletVersion } },
  });
  const nodes = [
    node("v1.34.1"),
    node("v1.32.4-eks-1a2b3c"),
    node("v1.31.0", { "kubernetes.io/os": "windows" }),
    node("v1.31.0", { "eks.amazonaws.com/compute-type": "fargate" }),
    node("v1.31.0", { "node-role.kubernetes.io/virtual-node": "" }),
    node("unknown"),
  ];
  const oldest = async (minor: string, request: object, refused?: string) =>
    inCluster(
      { "/apis": { groups: [] }, "/version": { major: "1", minor }, "/api/v1/nodes": { items: nodes } },
      refused,
      async (kubeconfig, asked) => {
        const { oldestKubeletMinor } = await readClusterFacts({ kubeconfig, ...request });
        return [oldestKubeletMinor, asked.some(({ pathname }) => pathname === "/api/v1/nodes")];
      },
    );

  it("is that of a node that can run an agent", async () => {
    assert.deepEqual(await oldest("34", { kubeletsSince: 33 }), [32, true]);
  });

  it("is not looked for where it makes no difference: no pipeline asks, or no kubelet can be too old or new enough", async () => {
    assert.deepEqual(await oldest("34", {}), [undefined, false]);
    for (const minor of ["32", "36"]) assert.deepEqual(await oldest(minor, { kubeletsSince: 33 }), [undefined, false]);
    for (const minor of ["33", "35+"]) assert.deepEqual(await oldest(minor, { kubeletsSince: 33 }), [32, true]);
  });

  it("is asked for by a stack with runtime metrics", async () => {
    for (const [input, expected] of [
      [{ runtime: { enabled: true } }, 33],
      [{ apiServer: { enabled: true } }, undefined],
    ] as const) {
      recordResources();
      const requests: { job: string; input: FactsRequest }[] = [];
      const spawn = mock.method(childProcess, "spawnSync", (_: string, __: string[], options: { input: string }) => {
        requests.push(JSON.parse(options.input) as (typeof requests)[number]);
        return { status: 0, stdout: JSON.stringify({ output: { ...facts, kubernetesMinor: 37 } }), stderr: "" };
      });
      const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
      const off = { monitoring: { mode: "off" }, validation: { mode: "off" }, verification: { mode: "off" } } as const;
      try {
        new Telemetry("telemetry", { ...off, metricPipelines: [{ name: "a", input, output }] });
      } finally {
        spawn.mock.restore();
      }
      await pulumi.runtime.disconnect();
      const [request] = requests.filter(({ job }) => job === "cluster-facts");
      assert.equal(request?.input.kubeletsSince, expected);
    }
  });

  it("is unknown without the right to list nodes", async () => {
    assert.deepEqual(await oldest("34", { kubeletsSince: 33 }, "/api/v1/nodes"), [undefined, true]);
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

  const collectorNamespaces = (objects = cluster, refused?: string): Promise<readonly string[] | undefined> =>
    inCluster(objects, refused, async (kubeconfig, asked) => {
      const { collectorNamespaces } = await readClusterFacts({ kubeconfig, collectorsOf: "telemetry/prod" });
      const [accounts] = asked.filter(({ pathname }) => pathname.endsWith("serviceaccounts"));
      assert.equal(accounts?.searchParams.get("labelSelector"), ofCollectors);
      return collectorNamespaces;
    });

  it("are found in the namespaces that the stack created or uses, and in no other", async () => {
    assert.deepEqual(await collectorNamespaces(), ["a", "b"]);
    assert.deepEqual(await collectorNamespaces({ ...cluster, "/api/v1/serviceaccounts": { items: [] } }), []);
  });

  it("are unknown without the right to look for them", async () => {
    for (const refused of ["/api/v1/serviceaccounts", "/api/v1/namespaces/b"])
      assert.equal(await collectorNamespaces(cluster, refused), undefined);
  });
});

describe("The namespaces from which pipelines take data", () => {
  it("are missing if the cluster does not have them, and unknown without the right to read them", async () => {
    const objects = {
      "/apis": { groups: [] },
      "/version": { major: "1", minor: "37" },
      "/api/v1/namespaces/shop": { metadata: { name: "shop" } },
    };
    await inCluster(objects, "/api/v1/namespaces/bank", async (kubeconfig) => {
      const { missingSources } = await readClusterFacts({ kubeconfig, sources: ["shop", "shpo", "bank"] });
      assert.deepEqual(missingSources, ["shpo"]);
    });
  });
});
