import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually, temporaryFolder } from "../unit/helpers/temp";
import { startApiServer, type ApiServer } from "../versions/api-server";
import { unsplit } from "./container-lines";
import { LocalLogAgent, LogBackend, logsPipeline } from "./local-log-agent";

interface PodOfApi {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const started = "2026-11-29T12:00:00Z";

const podOfApi = ({ name, namespace = "shop", uid, owner, annotations }: PodOfApi): object => ({
  metadata: {
    name,
    namespace,
    uid,
    resourceVersion: "1",
    creationTimestamp: started,
    annotations,
    ownerReferences: owner && [{ apiVersion: "a/v1", ...owner, uid: `uid-${owner.name}`, controller: true }],
  },
  spec: { nodeName: "node", containers: [{ name: "server", image: "registry/server:1.2.3" }] },
  status: { phase: "Running", podIP: "192.0.2.7", startTime: started, containerStatuses: [{ name: "server" }] },
});

const uid = (last: string): string => `0b9c0000-0000-4000-8000-${last.padStart(12, "0")}`;
/** The uid that the kubelet makes of the manifest of a static pod. */
const hash = "25c3e7a9f7f0e4a1b2c3d4e5f6a7b8c9";

const pods: readonly PodOfApi[] = [
  {
    name: "db-0",
    uid: uid("2"),
    owner: { kind: "StatefulSet", name: "db" },
    // Such annotations become attributes.
    annotations: {
      "resource.opentelemetry.io/k8s.namespace.name": "kube-system",
      "resource.opentelemetry.io/telemetry-pipelines.pipeline": "system",
    },
  },
  {
    name: "etcd-node",
    namespace: "kube-system",
    uid: uid("3"),
    owner: { kind: "Node", name: "node" },
    annotations: { "kubernetes.io/config.hash": hash, "kubernetes.io/config.mirror": hash },
  },
];

/** Folders of pods, with the resource of their records. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [`shop_db-0_${uid("2")}`]: {
    "k8s.namespace.name": "shop",
    "k8s.pod.name": "db-0",
    "k8s.pod.uid": uid("2"),
    "k8s.node.name": "node",
    "k8s.statefulset.name": "db",
    "service.name": "db",
    "service.namespace": "shop",
    "service.version": "1.2.3",
    "service.instance.id": "shop.db-0.server",
  },
  // The pod before it, whose name it has: nothing of the new one belongs to it.
  [`shop_db-0_${uid("1")}`]: {
    "k8s.namespace.name": "shop",
    "k8s.pod.name": "db-0",
    "k8s.pod.uid": uid("1"),
    "service.namespace": "shop",
  },
  // A static pod.
  [`kube-system_etcd-node_${hash}`]: {
    "k8s.namespace.name": "kube-system",
    "k8s.pod.name": "etcd-node",
    "k8s.pod.uid": uid("3"),
    "k8s.node.name": "node",
    "service.name": "etcd-node",
    "service.namespace": "kube-system",
    "service.version": "1.2.3",
    "service.instance.id": "kube-system.etcd-node.server",
  },
};

/** Tests which pod the records of a file get their metadata from. */
export const testPods = (program: string): Mocha.Suite =>
  describe("pods of container logs", function () {
    this.timeout("4m");
    const folder = temporaryFolder();
    const backend = new LogBackend();
    let apiServer: ApiServer;
    let agent: LocalLogAgent;

    before(async () => {
      apiServer = await startApiServer({ pods: pods.map(podOfApi) }, folder);
      const change = { enrichment: { podLabels: [], service: true } };
      const address = await backend.listen();
      const served = [
        logsPipeline("shop", address, { namespaces: { include: ["shop"] } }),
        logsPipeline("system", address, { namespaces: { include: ["kube-system"] } }),
      ];
      agent = new LocalLogAgent(folder, served, change, program, join(folder, "kubeconfig"));
      for (const name of Object.keys(folders)) agent.append(`${name}/server`, unsplit(`{"in":"${name}"}`));
      agent.start();
      const expected = Object.keys(folders).length;
      await eventually(() => (backend.received.length >= expected ? true : undefined), "records");
    });
    after(async () => {
      await agent.stop();
      backend.close();
      apiServer.stop();
    });

    for (const [name, resource] of Object.entries(folders))
      it(`are found by the folder of their files: ${name}`, () => {
        const found = backend.received.filter(({ attributes }) => attributes.in === name);
        const others = {
          "k8s.cluster.uid": "127.0.0.1",
          "k8s.container.name": "server",
          "k8s.container.restart_count": "0",
        };
        assert.deepEqual(
          found.map((record) => [record.path, record.resource]),
          [[name.startsWith("shop_") ? "/shop" : "/system", { ...resource, ...others }]],
        );
      });
  });
