import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { collectorVersions } from "../../../components/contract";
import type { TelemetryArgs } from "../../../components/telemetry";
import { podViolations } from "../../../policy/rules/restricted-pods";
import { allRegistered, recordResources, secretInput, valueOf, type Registered } from "../helpers/pulumi";

const oneMetricPipeline = {
  metricPipelines: [{ name: "backend", output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } } }],
};

/** The objects of a stack must not depend on the cluster that this machine happens to know. */
const askNobody = { monitoring: { mode: "off" } } as const;

async function register(args: Record<string, unknown>): Promise<Registered[]> {
  const registered = recordResources();
  const { Telemetry } = await import("../../../components/telemetry");
  const telemetry = new Telemetry("telemetry", { ...askNobody, ...args });
  await valueOf(telemetry.urn);
  await valueOf(telemetry.endpoints);
  await allRegistered();
  return registered;
}

function find(registered: readonly Registered[], type: string): Registered {
  const found = registered.filter((resource) => resource.type === type);
  assert.equal(found.length, 1, `one ${type}`);
  return found[0] as Registered;
}

/** The fields of a pod that quotas read. */
interface Pod {
  readonly spec: {
    readonly activeDeadlineSeconds?: number;
    readonly priorityClassName?: string;
    readonly affinity?: object;
    readonly containers: readonly { readonly resources: object }[];
  };
}

/** Types and names, without the parts that change with each configuration. */
const namesOf = (registered: readonly Registered[]): string[] =>
  registered.map(({ type, name }) => `${type} ${name.replace(/-[0-9a-f]{10}$/, "-HASH")}`).sort();

describe("Telemetry", () => {
  it("makes exactly these resources for a pipeline that takes pushed data", async () => {
    const registered = await register(oneMetricPipeline);
    assert.deepEqual(namesOf(registered), [
      "kubernetes:apps/v1:DaemonSet telemetry-gateway",
      "kubernetes:core/v1:ConfigMap telemetry-gateway-config-HASH",
      "kubernetes:core/v1:Namespace telemetry",
      "kubernetes:core/v1:Service telemetry-otlp",
      "kubernetes:core/v1:ServiceAccount telemetry-gateway",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy telemetry-gateway",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole telemetry-gateway",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding telemetry-gateway",
      "kubernetes:scheduling.k8s.io/v1:PriorityClass telemetry-gateway",
      "pulumi-nodejs:dynamic/telemetry:BackendFlow telemetry-flow",
      "pulumi-nodejs:dynamic/telemetry:ConfigValidation telemetry-gateway-validation",
      "pulumi-nodejs:dynamic/telemetry:Rollout telemetry-gateway-rollout",
      "pulumi:providers:pulumi-nodejs telemetry",
      "telemetry:index:CollectorWorkload telemetry-gateway",
      "telemetry:index:Monitoring telemetry-monitoring",
      "telemetry:index:OtlpGateway telemetry-gateway",
      "telemetry:index:Telemetry telemetry",
    ]);
  });

  it("makes the metric agent, and no gateway, when metrics are only pulled", async () => {
    const [pipeline] = oneMetricPipeline.metricPipelines;
    const registered = await register({
      metricPipelines: [{ ...pipeline, input: { otlp: { enabled: false }, runtime: { enabled: true } } }],
      verification: { mode: "off" },
    });
    const both = (type: string): string[] => [`${type} telemetry-agent`, `${type} telemetry-agent-cluster`];
    assert.deepEqual(namesOf(registered), [
      "kubernetes:apps/v1:DaemonSet telemetry-agent",
      "kubernetes:apps/v1:Deployment telemetry-agent-cluster",
      "kubernetes:coordination.k8s.io/v1:Lease telemetry-agent-lease",
      "kubernetes:core/v1:ConfigMap telemetry-agent-cluster-config-HASH",
      "kubernetes:core/v1:ConfigMap telemetry-agent-config-HASH",
      "kubernetes:core/v1:Namespace telemetry",
      ...both("kubernetes:core/v1:ServiceAccount"),
      ...both("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
      ...both("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"),
      ...both("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"),
      "kubernetes:rbac.authorization.k8s.io/v1:Role telemetry-agent-cluster",
      "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding telemetry-agent-cluster",
      ...both("kubernetes:scheduling.k8s.io/v1:PriorityClass"),
      "pulumi-nodejs:dynamic/telemetry:ConfigValidation telemetry-agent-cluster-validation",
      "pulumi-nodejs:dynamic/telemetry:ConfigValidation telemetry-agent-validation",
      "pulumi-nodejs:dynamic/telemetry:Rollout telemetry-agent-rollout",
      "pulumi:providers:pulumi-nodejs telemetry",
      ...both("telemetry:index:CollectorWorkload"),
      "telemetry:index:MetricAgent telemetry-agent",
      "telemetry:index:Monitoring telemetry-monitoring",
      "telemetry:index:Telemetry telemetry",
    ]);
  });

  it("names its objects outside its namespace so that several stacks can be in one cluster", async () => {
    const [pipeline] = oneMetricPipeline.metricPipelines;
    const input = { prometheus: { enabled: true }, runtime: { enabled: true }, apiServer: { enabled: true } };
    const outside = async (namespace: string): Promise<string[]> =>
      (
        await register({
          namespace,
          metricPipelines: [{ ...pipeline, input }],
          validation: { mode: "off" },
          istio: { mode: "off" },
        })
      )
        .flatMap(({ type, inputs }) => {
          const { name, namespace: where } = (inputs.metadata ?? {}) as { name?: string; namespace?: string };
          const [, kind = ""] = /^kubernetes:.*:(\w+)$/.exec(type) ?? [];
          return name === undefined || kind === "Namespace" || where === namespace ? [] : [`${kind} ${name}`];
        })
        .sort();
    const names = ["telemetry-metric-agent", "telemetry-metric-agent-apiserver", "telemetry-metric-agent-cluster"];
    const all = [...names, "telemetry-otlp-gateway"];
    const kinds = ["ClusterRole", "ClusterRoleBinding", "PriorityClass"];
    const expected = (suffix: string): string[] =>
      [
        ...kinds.flatMap((kind) => all.map((name) => `${kind} ${name}${suffix}`)),
        `Role telemetry-metric-agent-apiserver${suffix}`,
        `RoleBinding telemetry-metric-agent-apiserver${suffix}`,
      ].sort();
    assert.deepEqual(await outside("telemetry"), expected(""));
    assert.deepEqual(await outside("staging"), expected(".staging"));
  });

  it("names the configuration by its content, so a change makes a new object and rolls the pods", async () => {
    const [pipeline] = oneMetricPipeline.metricPipelines;
    const names: string[] = [];
    for (const name of ["a", "a", "b"]) {
      const { inputs } = find(
        await register({ metricPipelines: [{ ...pipeline, name }] }),
        "kubernetes:core/v1:ConfigMap",
      );
      assert.equal(inputs.immutable, true);
      names.push((inputs.metadata as { name: string }).name);
    }
    assert.equal(names[0], names[1]);
    assert.notEqual(names[0], names[2]);
    assert.match(names[0] ?? "", /^telemetry-otlp-gateway-[0-9a-f]{10}$/);
  });

  it("makes another configuration another resource, so that going back after a failed update uses the existing one", async () => {
    const config = find(await register(oneMetricPipeline), "kubernetes:core/v1:ConfigMap");
    assert.equal(
      config.name.replace("telemetry-gateway-config-", "telemetry-otlp-gateway-"),
      (config.inputs.metadata as { name: string }).name,
    );
  });

  it("validates in the cluster as the stack's settings state, and never keeps a kubeconfig in plain text", async () => {
    const content = "apiVersion: v1\nusers: [{ user: { token: hunter2-hunter2 } }]";
    for (const kubeconfig of [content, "/home/me/.kube/config"]) {
      const cluster = { kubeconfig, context: "prod" };
      const registered = await register({ ...oneMetricPipeline, cluster, validation: { timeout: "1m" } });
      const { inputs } = find(registered, "pulumi-nodejs:dynamic/telemetry:ConfigValidation");
      assert.deepEqual(inputs.access, secretInput(cluster));
      assert.equal(inputs.timeoutSeconds, 60);
      assert.equal(inputs.version, collectorVersions.newest);
      const flow = find(registered, "pulumi-nodejs:dynamic/telemetry:BackendFlow");
      assert.deepEqual(flow.inputs.cluster, secretInput(cluster));
    }
    for (const mode of ["local", "off"]) {
      const without = await register({ ...oneMetricPipeline, validation: { mode } });
      assert.ok(!without.some(({ type }) => type.includes("ConfigValidation")));
    }
  });

  it("validates with pods to which the same quotas apply as to the pods of the workloads", async () => {
    const [pipeline] = oneMetricPipeline.metricPipelines;
    const input = { prometheus: { enabled: true }, runtime: { enabled: true }, apiServer: { enabled: true } };
    const own = { priorityClassName: "vital", resources: { limits: { cpu: "1" } } };
    const registered = await register({
      metricPipelines: [{ ...pipeline, input }],
      logPipelines: [{ ...pipeline, input: { runtime: { enabled: true } } }],
      gateway: own,
    });
    /** The fields of a pod on which the scopes of a quota and its amounts depend. */
    const counted = ({ activeDeadlineSeconds, priorityClassName, affinity, containers }: Pod["spec"]) => ({
      activeDeadlineSeconds,
      priorityClassName,
      affinity,
      resources: containers.map(({ resources }) => resources),
    });
    const workloads = registered.filter(({ type }) => /:(DaemonSet|Deployment)$/.test(type));
    assert.equal(workloads.length, 5);
    for (const { name, inputs } of workloads) {
      const { template } = inputs.spec as { readonly template: Pod };
      const validation = registered.find((one) => one.name === `${name}-validation`)?.inputs.pod as Pod;
      assert.deepEqual(counted(validation.spec), counted(template.spec), name);
      assert.equal(validation.spec.activeDeadlineSeconds, undefined, "no quota with the scope Terminating applies");
    }
  });

  it("proves again if the egress or the cluster changes, even if it proves after changes only", async () => {
    const revisionWith = async (args: object): Promise<unknown> =>
      find(await register({ ...oneMetricPipeline, ...args }), "pulumi-nodejs:dynamic/telemetry:BackendFlow").inputs
        .revision;
    const revisions: unknown[] = [];
    for (const args of [
      {},
      { network: { egress: ["10.0.0.0/8"] } },
      { metric: { prometheus: { hostNetworks: ["10.0.0.0/8"] } } },
      { cluster: { context: "other" } },
    ]) {
      revisions.push(await revisionWith(args));
    }
    assert.equal(new Set(revisions).size, 4);
  });

  it("runs the gateway as a pod that the restricted Pod Security Standard admits, and enforces that standard", async () => {
    const registered = await register(oneMetricPipeline);
    const daemonSet = find(registered, "kubernetes:apps/v1:DaemonSet");
    assert.deepEqual(podViolations({ type: "apps/v1:DaemonSet", props: daemonSet.inputs }), []);
    const { metadata } = find(registered, "kubernetes:core/v1:Namespace").inputs as {
      metadata: { labels: Record<string, string> };
    };
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("lets the user change the workload, but not the labels by which the Service finds it", async () => {
    const registered = await register({
      ...oneMetricPipeline,
      gateway: {
        image: "registry.example.com/collector:1",
        logLevel: "debug",
        resources: { requests: { cpu: "1" }, limits: { memory: "1Gi" } },
        tolerations: [{ key: "dedicated", operator: "Exists" }],
        nodeSelector: { "kubernetes.io/os": "linux" },
        labels: { team: "platform" },
        annotations: { owner: "platform" },
        legacyServices: true,
      },
    });
    const { template } = find(registered, "kubernetes:apps/v1:DaemonSet").inputs.spec as {
      template: {
        metadata: { labels: Record<string, string>; annotations: object };
        spec: {
          containers: { image: string; env: object[]; resources: object }[];
          tolerations: object;
          nodeSelector: object;
        };
      };
    };
    const { containers, tolerations, nodeSelector } = template.spec;
    assert.equal(template.metadata.labels.team, "platform");
    assert.equal(template.metadata.labels["app.kubernetes.io/name"], "telemetry-otlp-gateway");
    assert.deepEqual(template.metadata.annotations, {
      "linkerd.io/inject": "disabled",
      "consul.hashicorp.com/connect-inject": "false",
      owner: "platform",
    });
    assert.deepEqual(tolerations, [{ key: "dedicated", operator: "Exists" }]);
    assert.deepEqual(nodeSelector, { "kubernetes.io/os": "linux" });
    assert.equal(containers[0]?.image, "registry.example.com/collector:1");
    assert.deepEqual(containers[0]?.resources, {
      requests: { cpu: "1000m", memory: "134217728" },
      limits: { memory: "1073741824" },
    });
    assert.deepEqual(containers[0]?.env.slice(-2), [
      { name: "GOMEMLIMIT", value: "590558003" },
      { name: "GOGC", value: "200" },
    ]);
    assert.match(
      (find(registered, "kubernetes:core/v1:ConfigMap").inputs.data as Record<string, string>)["relay.yaml"] ?? "",
      /level: debug/,
    );
    assert.deepEqual(
      registered
        .filter(({ type }) => type === "kubernetes:core/v1:Service")
        .map(({ name }) => name)
        .sort(),
      ["telemetry-otlp", "telemetry-otlp-logs", "telemetry-otlp-metrics", "telemetry-otlp-traces"],
    );
  });

  it("lists at the merged Secret the credentials that are written in the configuration, for policies", async () => {
    const otlp = {
      endpoint: { value: "https://backend.example.com:4317" },
      headers: [{ name: "x-api-key", value: "hunter2" }],
    };
    const { metadata } = find(
      await register({ metricPipelines: [{ name: "a", output: { otlp } }] }),
      "kubernetes:core/v1:Secret",
    ).inputs as { metadata: { annotations: Record<string, string> } };
    assert.deepEqual(metadata.annotations, {
      "pulumi.com/patchForce": "true",
      "telemetry/literal-credentials": `[{"path":"metricPipelines[a].output.otlp.headers[x-api-key]","header":"x-api-key"}]`,
    });
  });

  it("returns the resources of a gateway, and nothing without a gateway", async () => {
    recordResources();
    const { Telemetry } = await import("../../../components/telemetry");
    const size = await valueOf(new Telemetry("telemetry", { ...askNobody, ...oneMetricPipeline }).gatewaySize);
    assert.deepEqual(size, {
      memoryLimit: "512 MiB",
      memoryRequest: "128 MiB",
      cpuRequest: "100m",
      queuePerPipeline: "17 MiB",
    });
    assert.equal(await valueOf(new Telemetry("none", { allowNoPipelines: true }).gatewaySize), undefined);
  });

  it("reports everything that is wrong before it makes any object in the cluster", async () => {
    const registered = recordResources();
    const { Telemetry } = await import("../../../components/telemetry");
    const wrong = JSON.parse('{ "metricPipelines": [{ "name": "a" }, { "name": "B!" }] }') as TelemetryArgs;
    assert.throws(
      () => new Telemetry("telemetry", wrong),
      /Invalid pipeline configuration \(\d+ problems\)\n {2}metricPipelines\[0\]\.output.*\n {2}metricPipelines\[1\]/s,
    );
    await allRegistered();
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["telemetry:index:Telemetry"],
    );
  });

  it("refuses queues that do not fit the memory limit before it makes any object in the cluster", async () => {
    const registered = recordResources();
    const { Telemetry } = await import("../../../components/telemetry");
    const otlp = { endpoint: { value: "backend:4317" }, queue: { size: "64Mi" } };
    const gateway = { resources: { limits: { memory: "512Mi" } } };
    assert.throws(
      () => new Telemetry("telemetry", { ...askNobody, logPipelines: [{ name: "a", output: { otlp } }], gateway }),
      /Invalid pipeline configuration \(1 problem\)\n {2}logPipelines\[0\]\.output\.otlp\.queue\.size: is too large/,
    );
    await allRegistered();
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["telemetry:index:Telemetry"],
    );
  });

  it("reports faults of the configuration and missing Secrets together", async () => {
    recordResources();
    const { Telemetry } = await import("../../../components/telemetry");
    const pipeline = (name: string, endpoint: object) => ({ name, output: { otlp: { endpoint } } });
    const gone = { valueFrom: { secretKeyRef: { name: "gone", namespace: "shop", key: "k" } } };
    // An API server without any Secret, in its own process, because this process waits while Secrets are read.
    const server = spawn(process.execPath, [
      "-e",
      "const s = require('http').createServer((_, r) => r.writeHead(404).end('{}'));" +
        "s.listen(0, '127.0.0.1', () => console.log(s.address().port))",
    ]);
    try {
      const [port] = (await once(server.stdout, "data")) as [Buffer];
      const kubeconfig = JSON.stringify({
        // Without this setting, the client refuses plain HTTP.
        clusters: [
          {
            name: "c",
            cluster: { server: `http://127.0.0.1:${port.toString().trim()}`, "insecure-skip-tls-verify": true },
          },
        ],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        users: [{ name: "u" }],
        "current-context": "c",
      });
      const metricPipelines = [pipeline("a", { value: "backend" }), pipeline("b", gone)];
      assert.throws(() => new Telemetry("telemetry", { ...askNobody, cluster: { kubeconfig }, metricPipelines }), {
        message: [
          "Invalid pipeline configuration (2 problems)",
          "  metricPipelines[0].output.otlp.endpoint: has no port, which gRPC needs. Add it, such as backend.example.com:4317.",
          "  metricPipelines[1].output.otlp.endpoint: refers to the key k of Secret gone in namespace shop, which does not exist. Create the Secret or correct the reference.",
        ].join("\n"),
      });
    } finally {
      server.kill();
    }
  });

  it("works in a preview, in which outputs of the cluster are not known yet", async () => {
    const registered = recordResources(true);
    const { Telemetry } = await import("../../../components/telemetry");
    const telemetry = new Telemetry("telemetry", { ...askNobody, ...oneMetricPipeline });
    assert.ok(telemetry.gateway);
    await valueOf(telemetry.gateway.urn);
    assert.ok(registered.some(({ type }) => type === "telemetry:index:OtlpGateway"));
  });
});
