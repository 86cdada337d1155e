import assert from "node:assert/strict";
import childProcess from "node:child_process";
import { mock } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { clusterFindings, type ClusterFacts } from "../../../components/cluster-facts";
import type { NamespaceFacts } from "../../../components/cluster-facts/namespace-facts";
import { formatFinding } from "../../../components/schema";
import { Telemetry, type TelemetryArgs } from "../../../components/telemetry";
import { recordResources, type Registered } from "../helpers/pulumi";
import { parse } from "../settings/helpers";

const facts = (more: Partial<ClusterFacts>): ClusterFacts => ({ groups: [], operatorKinds: [], ...more });
const there = (more: object = {}): NamespaceFacts => ({ status: "there", hasAccounts: false, ...more });

const lines = (namespace: NamespaceFacts | undefined, isExisting = false): string[] =>
  clusterFindings(
    [{ name: "shop", stack: "telemetry/prod", isExisting, path: "namespace", existingPath: "existingNamespace" }],
    parse({}).settings,
    () => facts(namespace ? { namespaces: { shop: namespace } } : {}),
  ).map(formatFinding);

/* `destroy` deletes a namespace with everything in it, so it must never be one that others created. */
describe("The namespace of a stack", () => {
  it("is created if it does not exist", () => {
    assert.deepEqual(lines({ status: "missing" }), []);
  });

  it("is the one that the stack created, also after its state was lost", () => {
    assert.deepEqual(lines(there({ stack: "telemetry/prod", hasAccounts: true })), []);
  });

  it("is one that an earlier version created, which did not mark it", () => {
    assert.deepEqual(lines(there({ hasAccounts: true })), []);
  });

  it("is not one that others created", () => {
    assert.deepEqual(lines(there()), [
      "namespace: is shop, which exists and was not created by this stack. Name another namespace. To use this one and leave it when the stack is destroyed, set existingNamespace: true.",
    ]);
  });

  it("is not one that the stack only uses, after the setting was removed", () => {
    assert.deepEqual(lines(there({ user: "telemetry/prod", hasAccounts: true })), [
      "namespace: is shop, which exists and was not created by this stack. Name another namespace. To use this one and leave it when the stack is destroyed, set existingNamespace: true.",
    ]);
  });

  it("is not one of another stack", () => {
    const other =
      "namespace: is shop, which belongs to the stack telemetry/dev. Name another namespace. If that stack was renamed to telemetry/prod, run kubectl annotate namespace shop --overwrite telemetry/stack=telemetry/prod.";
    assert.deepEqual(lines(there({ stack: "telemetry/dev" })), [other]);
    assert.deepEqual(lines(there({ stack: "telemetry/dev" }), true), [other]);
    assert.deepEqual(lines(there({ user: "telemetry/dev", hasAccounts: true }), true), [other]);
  });

  it("is one of others with existingNamespace", () => {
    assert.deepEqual(lines(there(), true), []);
    assert.deepEqual(lines(there({ user: "telemetry/prod", hasAccounts: true }), true), []);
  });

  it("is not one that is being deleted", () => {
    const line =
      "namespace: is shop, which is being deleted. Wait until it is gone, then run `pulumi up --refresh`. If it stays, kubectl describe namespace shop names the cause.";
    const ending = { isTerminating: true };
    assert.deepEqual(lines(there({ stack: "telemetry/prod", hasAccounts: true, ...ending })), [line]);
    assert.deepEqual(lines(there(ending)), [line]);
    assert.deepEqual(lines(there({ user: "telemetry/prod", hasAccounts: true, ...ending }), true), [line]);
  });

  it("must exist with existingNamespace", () => {
    assert.deepEqual(lines({ status: "missing" }, true), [
      "existingNamespace: is true, but the cluster has no namespace shop. Create it: kubectl create namespace shop.",
    ]);
  });

  it("does not become one of others while it is in the state, because the update would delete it", () => {
    const deleted =
      "existingNamespace: is true, but this stack created the namespace shop, and the update would delete it with everything in it. Remove the setting.";
    assert.deepEqual(lines(there({ stack: "telemetry/prod" }), true), [deleted]);
    assert.deepEqual(lines(there({ hasAccounts: true }), true), [deleted]);
  });

  it("is not judged if it cannot be read", () => {
    assert.deepEqual(lines(undefined), []);
    assert.deepEqual(lines(undefined, true), []);
    const unreachable = (): ClusterFacts => {
      throw new Error("no route");
    };
    const wanted = { name: "shop", stack: "telemetry/prod", isExisting: false, path: "namespace" };
    assert.deepEqual(clusterFindings([wanted], parse({}).settings, unreachable), []);
  });
});

describe("Settings that depend on the cluster", () => {
  const wanted = { name: "shop", stack: "telemetry/prod", isExisting: false, path: "namespace" };
  const of = (raw: object, more: Partial<ClusterFacts>): string[] =>
    clusterFindings([wanted], parse(raw).settings, () => facts(more)).map(formatFinding);

  it("reject monitoring that needs kinds which the cluster does not have", () => {
    const on = { monitoring: { mode: "on" } };
    assert.deepEqual(of(on, {}), [
      "monitoring.mode: is on, and the cluster does not have PodMonitor and PrometheusRule of monitoring.coreos.com/v1. Install the Prometheus Operator first, or set monitoring.mode to auto.",
    ]);
    assert.deepEqual(of(on, { operatorKinds: ["PodMonitor"] }), [
      "monitoring.mode: is on, and the cluster does not have PrometheusRule of monitoring.coreos.com/v1. Install the Prometheus Operator first, or set monitoring.mode to auto.",
    ]);
    assert.deepEqual(of(on, { operatorKinds: ["PodMonitor", "PrometheusRule", "Probe"] }), []);
    for (const mode of ["auto", "off"]) assert.deepEqual(of({ monitoring: { mode } }, {}), []);
  });

  it("reject a version of Kubernetes that refuses the gateway's pods, whatever else the stack has", () => {
    const old =
      "cluster: runs Kubernetes 1.29, and the oldest supported version is 1.30: older API servers refuse the preStop action sleep, with which a gateway drains. Upgrade the cluster, or choose another one with kubernetes:context.";
    assert.deepEqual(of({}, { kubernetesMinor: 29 }), [old]);
    for (const kubernetesMinor of [30, 37, 99, undefined]) assert.deepEqual(of({}, { kubernetesMinor }), []);
  });

  it("reject a PriorityClass that does not exist, for each collector that names it", () => {
    const raw = { gateway: { priorityClassName: "high" }, agent: { priorityClassName: "high" } };
    const line = (collector: string): string =>
      `${collector}.priorityClassName: is high, and the cluster has no such PriorityClass. Create it, or remove the setting: the program then creates one.`;
    assert.deepEqual(of(raw, { missingPriorityClasses: ["high"] }), [line("gateway"), line("agent")]);
    assert.deepEqual(of(raw, { missingPriorityClasses: [] }), []);
    assert.deepEqual(of({}, { missingPriorityClasses: [] }), []);
  });
});

describe("The namespace in the cluster", () => {
  const args: TelemetryArgs = {
    metricPipelines: [{ name: "a", output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } } }],
    monitoring: { mode: "off" },
    validation: { mode: "off" },
    verification: { mode: "off" },
  };

  /** Makes the component in a cluster with these facts. */
  async function register(
    more: TelemetryArgs,
    namespace: NamespaceFacts,
    ofLogs: NamespaceFacts = { status: "missing" },
    cluster: Partial<ClusterFacts> = {},
  ): Promise<Registered[]> {
    const registered = recordResources();
    const name = more.namespace ?? "telemetry";
    const namespaces = { [name]: namespace, [`${name}-logs`]: ofLogs };
    const answer = {
      status: 0,
      stdout: JSON.stringify({ output: facts({ namespaces, uid: "uid", ...cluster }) }),
      stderr: "",
    };
    const replaced = mock.method(childProcess, "spawnSync", () => answer);
    try {
      new Telemetry("telemetry", { ...args, ...more });
    } finally {
      replaced.mock.restore();
    }
    await pulumi.runtime.disconnect();
    return registered.filter(({ type }) => type.startsWith("kubernetes:"));
  }
  const metadataOf = (all: readonly Registered[], kind: string): unknown =>
    all.find(({ type }) => type === `kubernetes:core/v1:${kind}`)?.inputs.metadata;
  const restricted = Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
  const force = { "pulumi.com/patchForce": "true" };

  it("has the name of the stack that created it", async () => {
    const all = await register({}, { status: "missing" });
    assert.deepEqual(metadataOf(all, "Namespace"), {
      name: "telemetry",
      labels: restricted,
      annotations: { "telemetry/stack": "telemetry/test", ...force },
    });
    assert.equal(metadataOf(all, "NamespacePatch"), undefined);
  });

  it("only gets the stack's labels where others created it, so destroy leaves it", async () => {
    const all = await register({ namespace: "shop", existingNamespace: true }, there());
    assert.deepEqual(metadataOf(all, "NamespacePatch"), {
      name: "shop",
      labels: restricted,
      annotations: { "telemetry/used-by": "telemetry/test", ...force },
    });
    assert.equal(metadataOf(all, "Namespace"), undefined);
    const places = all.map(({ inputs }) => (inputs.metadata as { namespace?: string }).namespace);
    assert.deepEqual([...new Set(places)].sort(), ["shop", undefined]);
  });

  it("has a second one for the log agent, which must not be one of others either", async () => {
    const logs: TelemetryArgs = {
      metricPipelines: [],
      logPipelines: [
        {
          name: "a",
          input: { runtime: { enabled: true } },
          output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } },
        },
      ],
    };
    const all = await register(logs, { status: "missing" });
    const marks = all
      .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
      .map(({ inputs }) => inputs.metadata as { name: string; annotations: Readonly<Record<string, string>> })
      .map(({ name, annotations }) => [name, annotations["telemetry/stack"]]);
    assert.deepEqual(marks.sort(), [
      ["telemetry", "telemetry/test"],
      ["telemetry-logs", "telemetry/test"],
    ]);
    await assert.rejects(register(logs, { status: "missing" }, there()), {
      message:
        "Invalid pipeline configuration (1 problem)\n  logAgent.namespace: is telemetry-logs, which exists and was not created by this stack. Name another namespace.",
    });
    // Without a log agent, the stack does not need the namespace.
    await register({}, { status: "missing" }, there());
  });

  it("is not made in a cluster that would refuse the gateway, the only collector here", async () => {
    await assert.rejects(register({}, { status: "missing" }, { status: "missing" }, { kubernetesMinor: 28 }), {
      message:
        "Invalid pipeline configuration (1 problem)\n  cluster: runs Kubernetes 1.28, and the oldest supported version is 1.30: older API servers refuse the preStop action sleep, with which a gateway drains. Upgrade the cluster, or choose another one with kubernetes:context.",
    });
  });

  it("is rejected before anything is made if others created it", async () => {
    await assert.rejects(register({}, there()), {
      message:
        "Invalid pipeline configuration (1 problem)\n  namespace: is telemetry, which exists and was not created by this stack. Name another namespace. To use this one and leave it when the stack is destroyed, set existingNamespace: true.",
    });
  });

  it("has no PriorityClass of the program as the user's own, because the program would delete it", async () => {
    const [mine, other] = ["telemetry-otlp-gateway.shop", "telemetry-otlp-gateway"];
    const named = (name: string): TelemetryArgs => ({
      namespace: "shop",
      gateway: { priorityClassName: name },
      logAgent: { priorityClassName: name },
    });
    const line = (collector: string): string =>
      `  ${collector}.priorityClassName: is ${mine}, which this program makes and deletes itself. Remove the setting, or name a class that you have created.`;
    for (const missingPriorityClasses of [[], [mine]]) {
      await assert.rejects(register(named(mine), { status: "missing" }, undefined, { missingPriorityClasses }), {
        message: ["Invalid pipeline configuration (2 problems)", line("gateway"), line("logAgent")].join("\n"),
      });
    }
    await register(named(other), { status: "missing" });
  });
});
