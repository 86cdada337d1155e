import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { programOfProject } from "../../../components/outside/find-program";
import { flowProvider, mustRun, type FlowInputs, type FlowState } from "../../../components/proof/flow-provider";
import { flowRevision, type FlowSubject } from "../../../components/proof/flow-revision";
import { kubeconfigOf } from "../helpers/kubeconfig";

const inputs: FlowInputs = {
  targets: { namespace: "telemetry", collectors: [], pipelines: [] },
  certificates: "{}",
  cluster: {},
  mode: "always",
  timeoutSeconds: 15,
  onUnhealthy: "warn",
  revision: "r-1",
  nonce: "2026-11-22T12:00:00.000Z",
};
const unhealthy = { pipeline: "metricPipelines/a", healthy: false, conditions: [] };
const healthy = { ...unhealthy, healthy: true };
const stored = (change: Partial<FlowState> = {}): FlowState => ({ ...inputs, pipelines: [healthy], ...change });
const preview = (change: Partial<FlowInputs> = {}): FlowInputs => ({ ...inputs, nonce: "", ...change });
const update = (change: Partial<FlowInputs> = {}): FlowInputs => ({ ...inputs, nonce: "later", ...change });

/** The engine's placeholder for an input that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const revisionWith = (change: Partial<FlowSubject>): string => flowRevision({ ...inputs, ...change });

const pipeline = {
  signal: "metrics" as const,
  name: "a",
  path: "metricPipelines[0]",
  exporter: "otlp_grpc/metrics-a",
  canary: true,
  collectors: ["g"],
};
const oneGateway = {
  namespace: "telemetry",
  collectors: [{ kind: "gateway" as const, workload: "DaemonSet" as const, name: "g" }],
  pipelines: [pipeline],
};
const kubeconfig = (server: string): string => kubeconfigOf(server, { token: "kubeconfig-token" });

/** An API server without any object. It proves the use of a verdict, and nothing about a check. */
async function emptyCluster(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const isList = request.url?.includes("/pods?") ?? false;
    response.writeHead(isList ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(isList ? { kind: "PodList", items: [] } : { kind: "Status", code: 404 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("the provider of the proof", () => {
  it("has nothing to do in a preview without changes, and something in each update", () => {
    assert.equal(mustRun(stored(), preview()), false);
    assert.equal(mustRun(stored(), update()), true);
  });

  it("runs in the mode onChange after a change or when something was unhealthy, only", () => {
    const mode = "onChange";
    assert.equal(mustRun(stored({ mode }), update({ mode })), false);
    assert.equal(mustRun(stored({ mode }), update({ mode, revision: "r-2" })), true);
    assert.equal(mustRun(stored({ mode, pipelines: [unhealthy] }), update({ mode })), true);
    assert.equal(mustRun(stored({ mode, pipelines: [unhealthy] }), preview({ mode })), false);
  });

  it("shows a change in a preview, even if the changed value is not known yet", () => {
    assert.equal(mustRun(stored(), preview({ revision: "r-2" })), true);
    assert.equal(mustRun(stored(), preview({ revision: unknown })), true);
    assert.equal(mustRun(stored(), preview({ revision: unknown, certificates: unknown })), true);
  });

  it("does not count another order of keys as a change", () => {
    const targets = { pipelines: [], collectors: [], namespace: "telemetry" };
    assert.equal(revisionWith({ targets }), revisionWith({}));
  });

  it("does not count another order of the pipelines as a change, but another pipeline", () => {
    const pipeline = (name: string, path: string) => ({
      signal: "metrics" as const,
      name,
      path,
      exporter: `otlp_grpc/metrics-${name}`,
      canary: true,
      collectors: [],
    });
    const of = (...pipelines: ReturnType<typeof pipeline>[]) =>
      revisionWith({ targets: { namespace: "telemetry", collectors: [], pipelines } });
    const before = of(pipeline("a", "metricPipelines[0]"), pipeline("b", "metricPipelines[1]"));
    const shuffled = of(pipeline("b", "metricPipelines[0]"), pipeline("a", "metricPipelines[1]"));
    assert.equal(shuffled, before);
    assert.notEqual(of(pipeline("a", "metricPipelines[0]")), before);
  });

  it("counts each setting of the proof as a change", () => {
    const changes: Partial<FlowSubject>[] = [
      {},
      { targets: oneGateway },
      { mode: "onChange" },
      { timeoutSeconds: 16 },
      { onUnhealthy: "fail" },
      { revision: "r-2" },
    ];
    assert.equal(new Set(changes.map(revisionWith)).size, changes.length);
  });

  it("does not count a certificate that soon expires as a change in a preview", () => {
    const certificates = JSON.stringify({ "metricPipelines/a": ["expires"] });
    assert.equal(mustRun(stored(), preview({ certificates })), false);
    assert.equal(mustRun(stored({ mode: "onChange" }), update({ mode: "onChange", certificates })), true);
  });

  it("runs again when its own code changed, so that a refresh has the new one", () => {
    const withText = (text: string): object => ({ __provider: text });
    assert.equal(mustRun({ ...stored(), ...withText("old") }, { ...preview(), ...withText("new") }), true);
  });

  it("has no code for a destroy, and none for checks of inputs, whose errors could show them", () => {
    assert.equal(flowProvider.delete, undefined);
    assert.equal(flowProvider.check, undefined);
  });

  it("is shipped as text that needs nothing but Node's own modules, and holds no secret", async () => {
    const { text, containsSecrets } = await pulumi.runtime.serializeFunction(() => flowProvider, {
      allowSecrets: true,
    });
    assert.deepEqual([...new Set([...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name))].sort(), [
      "child_process",
      "fs",
      "module",
    ]);
    assert.equal(containsSecrets, false);
    assert.ok(!text.includes(process.cwd()), "it names a folder of this machine");
    assert.doesNotMatch(text, /otelcol|collector\//i);
    assert.ok(text.length < 12_000, `${text.length} characters`);
  });

  it("ends with its caller: an interrupted update leaves no check behind", async function () {
    this.timeout("60s");
    const child = spawn(process.execPath, programOfProject(), { stdio: ["pipe", "pipe", "pipe"] });
    const ended = once(child, "close");
    // The request takes minutes, because the server never answers. Then the caller closes the input.
    const silent = createTcpServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const cluster = { kubeconfig: kubeconfig(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`) };
    const busy = { targets: oneGateway, certificates: {}, cluster, timeoutSeconds: 600, previous: [] };
    child.stdin.end(`${JSON.stringify({ job: "check-flow", input: busy })}\n`);
    assert.deepEqual(await ended, [1, null]);
    silent.close();
  });

  it("gives complete outputs of an update in which the cluster did not answer", async function () {
    this.timeout("60s");
    // No server listens at this address.
    const news = update({ cluster: { kubeconfig: kubeconfig("https://127.0.0.1:1") }, targets: oneGateway });
    const { outs } = (await flowProvider.update?.("flow", stored(), news)) ?? {};
    const { pipelines, ...rest } = outs as FlowState;
    assert.deepEqual(rest, news);
    assert.deepEqual(
      pipelines.map(({ pipeline: name, conditions }) => [name, conditions.map(({ status }) => status)]),
      [["metricPipelines/a", ["True", "Unknown", "True", "Unknown"]]],
    );
    assert.equal(JSON.stringify(pipelines).includes("kubeconfig-token"), false);
  });

  it("shows nothing of a kubeconfig that cannot be read, which is a finding like a cluster that does not answer", async function () {
    this.timeout("60s");
    const broken = "users:\n- name: u\n  user: {token: kubeconfig-token\nclusters: []\n";
    const news = update({ cluster: { kubeconfig: broken }, targets: oneGateway });
    const { outs } = (await flowProvider.update?.("flow", stored(), news)) ?? {};
    const { pipelines } = outs as FlowState;
    assert.equal(pipelines[0]?.conditions.at(-1)?.status, "Unknown");
    assert.equal(JSON.stringify(pipelines).includes("kubeconfig-token"), false);
  });

  it("fails an unhealthy update on demand, with all outputs that the state needs, and no credential in its reasons", async function () {
    this.timeout("60s");
    const { server, address } = await emptyCluster();
    try {
      const news = update({
        cluster: { kubeconfig: kubeconfig(address) },
        targets: oneGateway,
        onUnhealthy: "fail",
        timeoutSeconds: 1,
      });
      const create = () => flowProvider.create(news);
      const again = () => flowProvider.update?.("flow", stored(), news);
      for (const attempt of [create, again]) {
        interface Partial extends Error {
          readonly id: string;
          readonly properties: FlowState;
          readonly reasons: readonly string[];
        }
        const error = await Promise.resolve(attempt()).then(
          () => assert.fail("it did not fail"),
          (error: Partial) => error,
        );
        assert.ok(error.properties, error.message);
        const { pipelines, ...rest } = error.properties;
        assert.equal(error.id, "flow");
        assert.deepEqual(rest, news);
        assert.deepEqual(
          pipelines[0]?.conditions.map(({ reason }) => reason),
          ["GatewayConfigured", "GatewayNotReady", "AgentNotRequired", "GatewayProbingFailed"],
        );
        assert.deepEqual(error.reasons, [error.message]);
        assert.match(error.message, /^1 unhealthy:\nmetricPipelines\/a: GatewayHealthy is False \(GatewayNotReady\)/);
        assert.equal(error.message.includes("kubeconfig-token"), false);
      }
    } finally {
      server.close();
    }
  });
});
