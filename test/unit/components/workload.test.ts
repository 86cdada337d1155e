import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { recordResources, type Registered } from "../helpers/pulumi";

const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
const pulled = { prometheus: { enabled: true }, runtime: { enabled: true }, apiServer: { enabled: true } };
const everything = { metricPipelines: [{ name: "backend", input: pulled, output }] };

/** The objects of a stack must not depend on the cluster that this machine happens to know. */
const askNobody = {
  monitoring: { mode: "on" },
  istio: { mode: "off" },
  verification: { mode: "off" },
  validation: { mode: "off" },
} as const;

async function register(args: Record<string, unknown>): Promise<Registered[]> {
  const registered = recordResources();
  const { Telemetry } = await import("../../../components/telemetry");
  new Telemetry("telemetry", { ...askNobody, ...args });
  await pulumi.runtime.disconnect();
  return registered;
}

/** Returns the value at a path of each object of some kinds, by its name in Pulumi. */
function said(registered: readonly Registered[], kinds: RegExp, ...path: (string | number)[]): Record<string, unknown> {
  const of = registered.filter(({ type }) => kinds.test(type));
  return Object.fromEntries(
    of.map(({ name, inputs }) => [
      name,
      path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], inputs),
    ]),
  );
}

const workloads = /:(DaemonSet|Deployment)$/;
const node = "telemetry-agent";
const state = "telemetry-agent-cluster";
const apiServer = "telemetry-agent-apiserver";
const gateway = "telemetry-gateway";

describe("A collector's workload", function () {
  // The first to load the component may be this one.
  this.timeout("60s");
  let registered: Registered[];
  before(async () => {
    registered = await register(everything);
  });

  const pod = (...path: (string | number)[]): Record<string, unknown> =>
    said(registered, workloads, "spec", "template", "spec", ...path);

  it("runs on all nodes, whatever their taints; pods that the scheduler places keep to healthy nodes", async () => {
    const tainted = { operator: "Exists", effect: "NoSchedule" };
    const all = [tainted, { operator: "Exists", effect: "NoExecute" }];
    assert.deepEqual(pod("tolerations"), { [gateway]: all, [node]: all, [state]: [], [apiServer]: [] });
    // The user has chosen the nodes that are named, tainted or not.
    const agent = { nodeSelector: { pool: "infra" } };
    const named = await register({ ...everything, agent, validation: { mode: "full" } });
    const tolerations = said(named, workloads, "spec", "template", "spec", "tolerations");
    assert.deepEqual(tolerations, { [gateway]: all, [node]: all, [state]: [tainted], [apiServer]: [tainted] });
    assert.deepEqual(said(named, /:ConfigValidation$/, "pod", "spec", "tolerations"), {
      [`${gateway}-validation`]: [],
      [`${node}-validation`]: [tainted],
      [`${state}-validation`]: [tainted],
      [`${apiServer}-validation`]: [tainted],
    });
  });

  it("runs on Linux machines only, in addition to the nodes that the user selects, and so does the pod that validates", async () => {
    const matchExpressions = [
      { key: "kubernetes.io/os", operator: "In", values: ["linux"] },
      { key: "eks.amazonaws.com/compute-type", operator: "NotIn", values: ["fargate"] },
      { key: "type", operator: "NotIn", values: ["virtual-kubelet"] },
      { key: "virtualization", operator: "NotIn", values: ["virtualnode2"] },
      { key: "node.kubernetes.io/instance-type", operator: "NotIn", values: ["eklet"] },
      { key: "liqo.io/type", operator: "NotIn", values: ["virtual-node"] },
      { key: "node-role.kubernetes.io/virtual-node", operator: "DoesNotExist" },
    ];
    const eligible = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } };
    const all = [gateway, node, state, apiServer];
    assert.deepEqual(pod("affinity", "nodeAffinity"), Object.fromEntries(all.map((name) => [name, eligible])));
    const nodeSelector = { pool: "infra" };
    const selected = await register({ ...everything, agent: { nodeSelector }, validation: { mode: "full" } });
    assert.deepEqual(said(selected, workloads, "spec", "template", "spec", "nodeSelector")[node], nodeSelector);
    for (const name of all) {
      const validating = said(selected, /:ConfigValidation$/, "pod", "spec", "affinity", "nodeAffinity");
      assert.deepEqual(validating[`${name}-validation`], eligible);
    }
  });

  it("asks a mesh for no proxy, unless the user wants one", async () => {
    const asked = (objects: readonly Registered[], ...path: string[]): object =>
      Object.fromEntries(
        ["labels", "annotations"].map((kind) => {
          const found = said(objects, workloads, ...path, "metadata", kind);
          const keys = [
            ...["sidecar.istio.io/inject", "kuma.io/sidecar-injection"],
            ...["linkerd.io/inject", "consul.hashicorp.com/connect-inject"],
          ];
          const values = Object.values(found).map((all) => keys.map((key) => (all as Record<string, string>)[key]));
          return [kind, [...new Set(values.flat().filter((value) => value !== undefined))]];
        }),
      );
    assert.deepEqual(asked(registered, "spec", "template"), {
      labels: ["false", "disabled"],
      annotations: ["disabled", "false"],
    });
    const labels = { "sidecar.istio.io/inject": "true" };
    const wanted = said(
      await register({ ...everything, gateway: { labels } }),
      workloads,
      "spec",
      "template",
      "metadata",
    );
    const { labels: own } = wanted[gateway] as { readonly labels: Record<string, string> };
    assert.equal(own["sidecar.istio.io/inject"], "true");
  });

  it("keeps the pods of a Deployment on different nodes if it can", () => {
    const apart = (name: string): object => ({
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: {
              matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": "telemetry" },
            },
          },
        },
      ],
    });
    assert.deepEqual(pod("affinity", "podAntiAffinity"), {
      [gateway]: undefined,
      [node]: undefined,
      [state]: apart("telemetry-metric-agent-cluster"),
      [apiServer]: apart("telemetry-metric-agent-apiserver"),
    });
  });

  it("lets a gateway take data for 5 s after it left the Service, and then send for 25 s", () => {
    assert.deepEqual(pod("containers", 0, "lifecycle"), {
      [gateway]: { preStop: { sleep: { seconds: 5 } } },
      [node]: undefined,
      [state]: undefined,
      [apiServer]: undefined,
    });
    assert.deepEqual(pod("terminationGracePeriodSeconds"), {
      [gateway]: 30,
      [node]: 25,
      [state]: 25,
      [apiServer]: 25,
    });
  });

  it("replaces a gateway only when the new one is ready, and never lets two agents pull the same data", () => {
    assert.deepEqual(said(registered, /:DaemonSet$/, "spec", "updateStrategy"), {
      [gateway]: { type: "RollingUpdate", rollingUpdate: { maxSurge: "10%", maxUnavailable: 0 } },
      [node]: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: "10%" } },
    });
    assert.deepEqual(said(registered, /:Deployment$/, "spec", "strategy"), {
      // The two pods take turns by a lease.
      [state]: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      [apiServer]: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
    assert.deepEqual(said(registered, /:Deployment$/, "spec", "replicas"), { [state]: 2, [apiServer]: 1 });
  });

  it("accepts telemetry from everywhere, and lets only labelled pods of any namespace read its own metrics", () => {
    const selfMetrics = {
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { "telemetry/self-metrics": "allowed" } } }],
      ports: [{ protocol: "TCP", port: 8888 }],
    };
    const telemetry = {
      ports: [
        { protocol: "TCP", port: 4317 },
        { protocol: "TCP", port: 4318 },
      ],
    };
    assert.deepEqual(said(registered, /:NetworkPolicy$/, "spec", "ingress"), {
      [gateway]: [telemetry, selfMetrics],
      [node]: [selfMetrics],
      [state]: [selfMetrics],
      [apiServer]: [selfMetrics],
    });
  });

  it("has a policy about both directions that selects exactly its pods", () => {
    const both = ["Ingress", "Egress"];
    assert.deepEqual(said(registered, /:NetworkPolicy$/, "spec", "policyTypes"), {
      [gateway]: both,
      [node]: both,
      [state]: both,
      [apiServer]: both,
    });
    // The engine chooses this name, and another one for other content.
    assert.deepEqual(
      new Set(Object.values(said(registered, /:NetworkPolicy$/, "metadata", "name"))),
      new Set([undefined]),
    );
    const selectedByPolicies = said(registered, /:NetworkPolicy$/, "spec", "podSelector");
    assert.deepEqual(selectedByPolicies, said(registered, workloads, "spec", "selector"));
    assert.deepEqual(selectedByPolicies[gateway], {
      matchLabels: {
        "app.kubernetes.io/name": "telemetry-otlp-gateway",
        "app.kubernetes.io/instance": "telemetry",
      },
    });
    const labels = said(registered, workloads, "spec", "template", "metadata", "labels");
    for (const [name, { matchLabels }] of Object.entries(selectedByPolicies as Record<string, Selector>)) {
      assert.deepEqual({ ...(labels[name] as object), ...matchLabels }, labels[name], name);
    }
  });

  it("pulls images with the logins that the user names, in the pod that validates, too", async () => {
    const imagePullSecrets = [{ name: "registry" }, { name: "mirror" }];
    const validation = { mode: "full" };
    const pulling = await register({ ...everything, gateway: { imagePullSecrets }, validation });
    assert.deepEqual(said(pulling, workloads, "spec", "template", "spec", "imagePullSecrets"), {
      [gateway]: imagePullSecrets,
      [node]: undefined,
      [state]: undefined,
      [apiServer]: undefined,
    });
    const validating = said(pulling, /:ConfigValidation$/, "pod", "spec", "imagePullSecrets");
    assert.deepEqual(validating[`${gateway}-validation`], imagePullSecrets);
    const agents = await register({ ...everything, agent: { imagePullSecrets } });
    const ofAgents = said(agents, workloads, "spec", "template", "spec", "imagePullSecrets");
    assert.deepEqual(ofAgents, {
      [gateway]: undefined,
      [node]: imagePullSecrets,
      [state]: imagePullSecrets,
      [apiServer]: imagePullSecrets,
    });
  });

  it("has no CPU limit unless the user sets one, and then requests no more than the limit", async () => {
    const limits = { requests: { cpu: "100m", memory: "134217728" }, limits: { memory: "536870912" } };
    assert.deepEqual(pod("containers", 0, "resources")[gateway], limits);
    const resources = { limits: { cpu: "0.08" } };
    const limited = await register({ ...everything, gateway: { resources }, agent: { resources } });
    const cpu = said(limited, workloads, "spec", "template", "spec", "containers", 0, "resources", "limits", "cpu");
    assert.deepEqual(cpu, { [gateway]: "80m", [node]: "80m", [state]: "80m", [apiServer]: "80m" });
    const path = ["spec", "template", "spec", "containers", 0, "resources", "requests", "cpu"];
    const requests = said(limited, workloads, ...path);
    assert.deepEqual(requests, { [gateway]: "80m", [node]: "50m", [state]: "20m", [apiServer]: "10m" });
  });

  it("has its own priority class, or only the one that the user names", async () => {
    assert.deepEqual(pod("priorityClassName"), {
      [gateway]: "telemetry-otlp-gateway",
      [node]: "telemetry-metric-agent",
      [state]: "telemetry-metric-agent-cluster",
      [apiServer]: "telemetry-metric-agent-apiserver",
    });
    const named = { priorityClassName: "system-node-critical" };
    const validation = { mode: "full" };
    const critical = await register({ ...everything, gateway: named, validation });
    const classes = said(critical, workloads, "spec", "template", "spec", "priorityClassName");
    assert.deepEqual(classes, { ...pod("priorityClassName"), [gateway]: "system-node-critical" });
    const validating = said(critical, /:ConfigValidation$/, "pod", "spec", "priorityClassName");
    assert.equal(validating[`${gateway}-validation`], "system-node-critical");
    const made = Object.keys(said(critical, /:PriorityClass$/));
    assert.deepEqual(made.sort(), [node, apiServer, state]);
    const none = await register({ ...everything, gateway: named, agent: { priorityClassName: "high" } });
    assert.deepEqual(said(none, /:PriorityClass$/), {});
  });
});

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

describe("The number of resources", () => {
  /** Returns this number of pipelines of each kind, with every setting that could need a resource. */
  function pipelines(count: number): Record<string, unknown> {
    const all = (fields: object): object[] =>
      Array.from({ length: count }, (_, i) => ({
        name: `p${i}`,
        ...fields,
        // Each pipeline has its own address and credential.
        output: {
          otlp: {
            endpoint: { value: `https://backend-${i}.example.com:${4400 + i}` },
            headers: [{ name: "X-Key", value: `key-${i}` }],
          },
        },
      }));
    return {
      metricPipelines: all({ input: { ...pulled, istio: { enabled: true } } }),
      tracePipelines: all({}),
      logPipelines: all({}),
      // The objects that the other tests leave out.
      verification: {},
      validation: {},
    };
  }

  /** Types and names of all objects, without the parts that change with the content. */
  const namesOf = (registered: readonly Registered[]): string[] =>
    registered.map(({ type, name }) => `${type} ${name.replace(/-[0-9a-f]{10}$/, "-HASH")}`).sort();

  it("is the same with 60 pipelines as with one of each kind", async () => {
    const few = await register(pipelines(1));
    const many = await register(pipelines(20));
    assert.deepEqual(namesOf(many), namesOf(few));
    const ofEach = ["DaemonSet", "Deployment", "Secret", "PodMonitor", "BackendFlow", "ConfigValidation"].map(
      (kind) => [kind, many.filter(({ type, name }) => type.endsWith(`:${kind}`) || name.endsWith(`-${kind}`)).length],
    );
    assert.deepEqual(Object.fromEntries(ofEach), {
      DaemonSet: 2,
      Deployment: 2,
      Secret: 1,
      PodMonitor: 1,
      BackendFlow: 1,
      ConfigValidation: 4,
    });
    const [config] = many.filter(({ name }) => name.startsWith("telemetry-gateway-config-"));
    const text = (config?.inputs.data as Record<string, string> | undefined)?.["relay.yaml"] ?? "";
    assert.equal(text.match(/^ {2}otlp_grpc\/(metrics|traces|logs)-p\d+:$/gm)?.length, 60, "all are served");
  }).timeout("60s");
});
