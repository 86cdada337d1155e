import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { runtimeMetrics } from "../../components/inputs";
import { Backend, backendNamespace, type Item } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, kubectl, nodeNames } from "./support/kubectl";
import { makeNamespaces, probeImage } from "./support/probe";
import { Stack } from "./support/stack";
import { rightsOf } from "./support/rights";

const namespace = "e2e-workloads";
const resources = ["pod", "container", "node", "volume", "daemonset", "deployment", "statefulset", "job"] as const;
type Resource = (typeof resources)[number];

const defaults = runtimeMetrics.filter(({ byDefault }) => byDefault).map(({ name }) => name);
/** Returns the default metrics without those of a resource. */
const lacking = (resource: Resource): string[] => defaults.filter((name) => !patterns[resource].test(name));
const additional = ["container.uptime", "k8s.node.uptime", "k8s.replicaset.desired"];

/** The metrics of each toggle, by their names. */
const patterns: Readonly<Record<Resource, RegExp>> = {
  pod: /^k8s\.pod\./,
  container: /^(k8s\.)?container\./,
  node: /^k8s\.node\./,
  volume: /^k8s\.volume\./,
  daemonset: /^k8s\.daemonset\./,
  deployment: /^k8s\.deployment\./,
  statefulset: /^k8s\.statefulset\./,
  job: /^k8s\.job\./,
};

/** Resource attributes of the metrics of each resource, besides those of all metrics. */
const attributesOf: Readonly<Record<string, { metric: string; has: readonly string[]; lacks?: readonly string[] }>> = {
  "a pod, from its kubelet": {
    metric: "k8s.pod.cpu.time",
    has: ["k8s.pod.name", "k8s.pod.uid", "k8s.node.name", "k8s.namespace.name", "service.name"],
    lacks: ["k8s.container.name"],
  },
  "a container, from its kubelet": {
    metric: "container.cpu.time",
    has: ["k8s.container.name", "k8s.pod.name", "k8s.node.name", "service.name"],
  },
  "a pod, from the API server": {
    metric: "k8s.pod.phase",
    has: ["k8s.pod.name", "k8s.pod.uid", "k8s.node.name", "service.name", "cloud.availability_zone"],
  },
  "a container, from the API server": {
    metric: "k8s.container.restarts",
    has: ["k8s.container.name", "k8s.pod.name", "container.image.name", "service.name"],
  },
  "a node": {
    metric: "k8s.node.cpu.usage",
    has: ["k8s.node.name", "k8s.cluster.uid"],
    lacks: ["service.name", "k8s.pod.name"],
  },
  "a volume": {
    metric: "k8s.volume.available",
    has: ["k8s.volume.name", "k8s.volume.type", "k8s.persistentvolumeclaim.name", "k8s.pod.name"],
  },
  "a Deployment": {
    metric: "k8s.deployment.desired",
    has: ["k8s.deployment.name", "k8s.cluster.uid"],
    lacks: ["service.name"],
  },
  "a StatefulSet": { metric: "k8s.statefulset.desired_pods", has: ["k8s.statefulset.name"], lacks: ["service.name"] },
  "a DaemonSet": { metric: "k8s.daemonset.ready_nodes", has: ["k8s.daemonset.name"], lacks: ["service.name"] },
  "a Job": { metric: "k8s.job.active_pods", has: ["k8s.job.name"], lacks: ["service.name"] },
};

describe("the metric agent's runtime input", function () {
  this.timeout("12m");
  let backend: Backend;
  const stack = new Stack({});
  let items: Item[] = [];

  const of = (pipeline: string): Item[] => items.filter(({ resource }) => resource.pipeline === pipeline);
  const names = (pipeline: string): string[] => [...new Set(of(pipeline).map(({ name }) => name))].sort();
  /** The times at which the state of one Deployment was collected, in seconds. */
  const collections = (): number[] => {
    const desired = of("all").filter(
      ({ name, resource }) => name === "k8s.deployment.desired" && resource["k8s.deployment.name"] === "web",
    );
    return [...new Set(desired.map(({ time }) => Number(BigInt(time) / 1_000_000n) / 1000))].sort((a, b) => a - b);
  };
  /** The names of all metrics that each pipeline gets, as far as the tests list them. */
  const expectedNames: readonly (readonly [pipeline: string, names: readonly string[]])[] = [
    ["all", defaults],
    ["some-namespaces", ["k8s.node.cpu.usage", "k8s.pod.phase", "k8s.pod.cpu.time"]],
    ["additional", additional],
    ["api-server", ["apiserver_request_total", "apiserver_request_duration_seconds"]],
    ...resources.map((resource) => [`no-${resource}`, lacking(resource)] as const),
  ];

  before(async () => {
    await makeNamespaces(backendNamespace, namespace);
    const [node = ""] = await nodeNames();
    await apply({ apiVersion: "v1", kind: "List", items: workloads(node) });
    backend = await Backend.start("runtime");
    const pipeline = (name: string, input: object) => ({
      name,
      input: { otlp: { enabled: false }, ...input },
      output: { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } },
      transform: [{ statements: [`set(resource.attributes["pipeline"], "${name}")`] }],
    });
    const off = Object.fromEntries(resources.map((resource) => [resource, { enabled: false }]));
    stack.configure({
      metric: { collectionInterval: "5s" },
      metricPipelines: [
        pipeline("all", { runtime: { enabled: true, namespaces: {} } }),
        pipeline("some-namespaces", { runtime: { enabled: true, namespaces: { include: [namespace] } } }),
        pipeline("additional", { runtime: { enabled: true, resources: off, additionalMetrics: additional } }),
        pipeline("api-server", { apiServer: { enabled: true } }),
        ...resources.map((resource) =>
          pipeline(`no-${resource}`, { runtime: { enabled: true, resources: { [resource]: { enabled: false } } } }),
        ),
      ],
    });
    await stack.create();
    await stack.up();
    await kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod", "-l", "e2e=workload", "--timeout=120s");
    const complete = async (): Promise<void> => {
      items = await backend.items();
      for (const [name, expected] of expectedNames) {
        const there = names(name);
        assert.deepEqual(
          expected.filter((metric) => !there.includes(metric)),
          [],
          `${name} lacks metrics`,
        );
      }
    };
    // The first data of a collector can be older than its knowledge of all pods.
    await eventually(complete, 120);
    await backend.reset();
    await eventually(complete, 120);
    // Metrics that a pipeline must not get would come, too.
    await sleep(15_000);
    await eventually(async () => {
      items = await backend.items();
      assert.ok(collections().length >= 3, "too few collections");
    }, 60);
  });

  after(async () => {
    await stack.discard(backendNamespace, namespace);
    await kubectl("delete", "persistentvolume", "e2e-volume", "--ignore-not-found");
  });

  it("delivers exactly the metrics that are on by default", () => {
    assert.deepEqual(names("all"), [...defaults].sort());
  });

  for (const resource of resources) {
    it(`lacks exactly the metrics of a ${resource} when those are off`, () => {
      assert.deepEqual(names(`no-${resource}`), lacking(resource).sort());
    });
  }

  it("delivers metrics that a pipeline names, also of resources that are off, and only to that pipeline", () => {
    assert.deepEqual(names("additional"), [...additional].sort());
  });

  it("leaves out data of other namespaces, but keeps data without a namespace", () => {
    const namespaces = new Set(of("some-namespaces").map(({ resource }) => resource["k8s.namespace.name"]));
    assert.deepEqual([...namespaces].sort(), [namespace, undefined].sort());
    assert.ok(names("some-namespaces").includes("k8s.node.cpu.usage"));
  });

  for (const [what, { metric, has, lacks = [] }] of Object.entries(attributesOf)) {
    it(`identifies ${what}`, () => {
      const found = of("all").filter(({ name }) => name === metric);
      assert.ok(found.length > 0);
      for (const { resource } of found) {
        const keys = Object.keys(resource);
        assert.deepEqual(
          [has.filter((key) => !keys.includes(key)), lacks.filter((key) => keys.includes(key))],
          [[], []],
          JSON.stringify(resource),
        );
        assert.ok(!keys.some((key) => key.startsWith("telemetry-pipelines")), "an internal mark of the agent");
      }
    });
  }

  it("knows the workload of every node's pods, wherever the cluster's state is collected", async () => {
    const phases = of("all").filter(({ name }) => name === "k8s.pod.phase");
    const ours = phases.filter(({ resource }) => resource["k8s.daemonset.name"] === "every-node");
    assert.deepEqual(
      [...new Set(ours.map(({ resource }) => resource["k8s.node.name"] as string))].sort(),
      await nodeNames(),
    );
    const web = phases.find(({ resource }) => String(resource["k8s.pod.name"]).startsWith("web-"));
    assert.equal(web?.resource["k8s.deployment.name"], "web");
  });

  it("counts real network interfaces of nodes only, and volumes that outlive their pod", () => {
    const interfaces = of("all").filter(({ name }) => name === "k8s.node.network.io");
    assert.ok(interfaces.length > 0);
    for (const { attributes } of interfaces) assert.match(String(attributes.interface), /^(eth|en)/);
    const volumes = of("all").filter(({ name }) => name === "k8s.volume.available");
    assert.deepEqual(
      [...new Set(volumes.map(({ resource }) => resource["k8s.volume.type"]))],
      ["persistentVolumeClaim"],
    );
  });

  it("collects the cluster's state once", () => {
    const times = collections();
    const intervals = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 5;
    assert.ok(times.length >= 3 && times.length <= intervals + 2, `${times.length} points in ${intervals} intervals`);
  });

  it("delivers the API server's own metrics, and only the listed ones", () => {
    const api = names("api-server");
    assert.ok(api.includes("apiserver_request_total") && api.includes("apiserver_request_duration_seconds"));
    assert.ok(api.every((name) => /^(apiserver|etcd|go|process)_/.test(name)));
    const [item] = of("api-server");
    assert.equal(item?.resource["service.name"], "kube-apiserver");
    assert.equal(item?.scope, "telemetry-pipelines/api-server");
  });

  it("has the rights that its inputs need, and no other", async () => {
    assert.deepEqual(await rightsOf("telemetry-metric-agent"), [
      "get nodes/pods",
      "get nodes/stats",
      "list nodes",
      "list pods",
      "watch nodes",
      "watch pods",
    ]);
    assert.deepEqual(await rightsOf("telemetry-metric-agent-apiserver"), ["get /metrics"]);
    assert.deepEqual(await rightsOf("telemetry-metric-agent-apiserver", "default"), [
      "get /metrics",
      "list discovery.k8s.io/endpointslices/kubernetes",
      "list pods/kubernetes",
      "list services/kubernetes",
      "watch discovery.k8s.io/endpointslices/kubernetes",
      "watch pods/kubernetes",
      "watch services/kubernetes",
    ]);
    const ofLeader = (await rightsOf("telemetry-metric-agent-cluster")).filter(
      (right) => !/^(list|watch) /.test(right),
    );
    assert.deepEqual(ofLeader, [
      "create coordination.k8s.io/leases",
      "get coordination.k8s.io/leases/telemetry-cluster-state",
      "update coordination.k8s.io/leases/telemetry-cluster-state",
    ]);
  });
});

function workloads(node: string): object[] {
  const labels = (app: string) => ({ e2e: "workload", app });
  const template = (app: string, more: object = {}) => ({
    metadata: { labels: labels(app) },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: app,
          image: probeImage,
          args: ["serve"],
          resources: { requests: { cpu: "5m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
          ...(app === "database" && { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        },
      ],
      ...more,
    },
  });
  const workload = (kind: string, name: string, spec: object, more: object = {}) => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels(name) }, template: template(name, more), ...spec },
  });
  const claim = { storageClassName: "", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "e2e-volume" },
      spec: {
        storageClassName: "",
        accessModes: ["ReadWriteOnce"],
        capacity: { storage: "1Gi" },
        claimRef: { namespace, name: "data" },
        local: { path: "/var/lib" },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace },
      spec: { ...claim, volumeName: "e2e-volume" },
    },
    workload("DaemonSet", "every-node", {}),
    workload("Deployment", "web", { replicas: 2 }),
    workload(
      "StatefulSet",
      "database",
      { serviceName: "database", replicas: 1 },
      { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
    ),
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "nightly", namespace },
      spec: { template: template("nightly", { restartPolicy: "Never" }) },
    },
  ];
}
