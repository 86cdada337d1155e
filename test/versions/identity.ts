import type { V1Pod } from "@kubernetes/client-node";

type Attributes = Readonly<Record<string, string>>;

/** A pod, the resource attributes that it sends, and the names of workload and service that its data gets. */
export interface Case {
  readonly behaviour: string;
  readonly pod: V1Pod;
  readonly sent: Attributes;
  readonly expected: Attributes;
}

interface Owner {
  readonly kind: "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job";
  readonly name: string;
}

interface PodParts {
  readonly owner?: Owner;
  readonly labels?: Attributes;
  readonly annotations?: Attributes;
  readonly image?: string;
}

/** Attributes that both versions must agree on. An absent one is as important as a present one. */
export const compared = [
  "k8s.cluster.uid",
  "k8s.cronjob.name",
  "k8s.daemonset.name",
  "k8s.deployment.name",
  "k8s.job.name",
  "k8s.namespace.name",
  "k8s.pod.name",
  "k8s.replicaset.name",
  "k8s.statefulset.name",
  "service.name",
  "service.namespace",
  "service.version",
] as const;

const started = new Date();
/** CronJobs name their Jobs after the minutes since 1970. */
const minutes = Math.floor(started.getTime() / 60_000);

function pod(name: string, { owner, labels, annotations, image = "registry/app" }: PodParts): V1Pod {
  const references = owner && [{ apiVersion: "a/v1", ...owner, uid: `uid-${owner.name}`, controller: true }];
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      resourceVersion: "1",
      creationTimestamp: started.toISOString().replace(/\.\d+/, "") as unknown as Date,
      labels,
      annotations,
      ownerReferences: references,
    },
    spec: { nodeName: "node", containers: [{ name: "app", image }] },
    status: { phase: "Running", podIP: "192.0.2.7", startTime: started },
  };
}

let count = 0;

/** Makes a case. The names of the pod and its namespace are expected of each. */
function of(behaviour: string, parts: PodParts, expected: Attributes, sent: Attributes = {}): Case {
  const name = `pod-${count++}`;
  return {
    behaviour,
    pod: pod(name, parts),
    sent: { "k8s.pod.uid": `uid-${name}`, ...sent },
    expected: {
      "k8s.cluster.uid": "uid",
      "k8s.namespace.name": "shop",
      "k8s.pod.name": name,
      "service.namespace": "shop",
      ...expected,
    },
  };
}

const deployed = (name: string, hash: string): PodParts => ({
  owner: { kind: "ReplicaSet", name: `${name}-${hash}` },
  labels: { "pod-template-hash": hash },
});
const web = { "k8s.deployment.name": "web", "service.name": "web" };

/** A pod on the network of its node, whose address all such pods share. */
const onNode = pod("on-node", deployed("web", "9"));
const nodeAddress = "192.0.2.1";

export const cases: readonly Case[] = [
  of("the Deployment of a long hash", deployed("web", "6d4cf56db6"), web),
  of("the Deployment of a short hash", deployed("web", "9"), web),
  of(
    "a ReplicaSet without a Deployment",
    { owner: { kind: "ReplicaSet", name: "batch-processing" } },
    { "service.name": "batch-processing" },
  ),
  of(
    "a Rollout",
    { owner: { kind: "ReplicaSet", name: "web-9dbdfc456" }, labels: { "rollouts-pod-template-hash": "9dbdfc456" } },
    { "service.name": "web" },
  ),
  of(
    "the CronJob of a Job",
    { owner: { kind: "Job", name: `nightly-${minutes}` } },
    { "k8s.cronjob.name": "nightly", "k8s.job.name": `nightly-${minutes}`, "service.name": "nightly" },
  ),
  ...["migrate-42", "report-20260407"].map((name) =>
    of(
      `a Job whose name ends in a number: ${name}`,
      { owner: { kind: "Job", name } },
      {
        "k8s.job.name": name,
        "service.name": name,
      },
    ),
  ),
  of(
    "a StatefulSet",
    { owner: { kind: "StatefulSet", name: "db" } },
    { "k8s.statefulset.name": "db", "service.name": "db" },
  ),
  of(
    "a DaemonSet",
    { owner: { kind: "DaemonSet", name: "logs" } },
    { "k8s.daemonset.name": "logs", "service.name": "logs" },
  ),
  of(
    "the version of an image's tag",
    { ...deployed("web", "9"), image: "registry/app:1.2.3" },
    {
      ...web,
      "service.version": "1.2.3",
    },
  ),
  of(
    "the sender's own name and version",
    deployed("web", "9"),
    {
      "k8s.deployment.name": "web",
      "service.name": "cart",
      "service.version": "7",
    },
    { "service.name": "cart", "service.version": "7" },
  ),
  of("a sender that only states that it has no name", deployed("web", "9"), web, {
    "service.name": "unknown_service:java",
  }),
  of("a sender with a blank name", deployed("web", "9"), web, { "service.name": "" }),
  of(
    "annotations, before labels and the sender's own name",
    {
      ...deployed("web", "9"),
      annotations: { "resource.opentelemetry.io/service.name": "till" },
      labels: { "pod-template-hash": "9", "app.kubernetes.io/name": "label", "app.kubernetes.io/version": "3" },
    },
    { "k8s.deployment.name": "web", "service.name": "till", "service.version": "3" },
  ),
  of(
    "its real namespace and pod, whatever its annotations state",
    {
      ...deployed("web", "9"),
      annotations: {
        "resource.opentelemetry.io/k8s.namespace.name": "forged",
        "resource.opentelemetry.io/k8s.pod.name": "forged",
      },
    },
    web,
  ),
  {
    behaviour: "a pod on the network of its node that sends the node's address",
    pod: {
      ...onNode,
      spec: { ...onNode.spec, containers: [], hostNetwork: true },
      status: { ...onNode.status, podIP: nodeAddress },
    },
    sent: { "k8s.pod.ip": nodeAddress },
    expected: { "k8s.cluster.uid": "uid" },
  },
  {
    behaviour: "a pod by its name and namespace",
    pod: pod("by-name", deployed("web", "9")),
    sent: { "k8s.pod.name": "by-name", "k8s.namespace.name": "shop" },
    expected: {
      ...{ "k8s.cluster.uid": "uid", "k8s.namespace.name": "shop", "k8s.pod.name": "by-name" },
      ...{ "service.namespace": "shop", ...web },
    },
  },
];
