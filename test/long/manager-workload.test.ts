import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { apply, get, kubectl, type KubernetesObject } from "../e2e/support/kubectl";
import { loadManagerImage } from "../e2e/support/manager-image";
import { makeNamespaces, putSecret, removeNamespaces } from "../e2e/support/probe";
import { mayDo } from "../e2e/support/rights";
import { Stack } from "../e2e/support/stack";

const run = promisify(execFile);
const source = "e2e-manager-source";
const image = "e2e.test/telemetry-manager:1";
const node = "node1";
/** The folder of the volume on its node. */
const volume = "/var/lib/e2e-manager-state";
const inBase64 = (text: string): string => Buffer.from(text).toString("base64");

interface Audited {
  readonly requestURI: string;
  readonly verb: string;
  readonly requestReceivedTimestamp: string;
  readonly responseStatus?: { readonly code: number };
}

describe("the manager as a workload", function () {
  this.timeout("8m");
  const folder = mkdtempSync(join(tmpdir(), "telemetry-managed-"));
  /** A copy of the pod's state. This process makes the stack in it before the pod starts, and destroys the stack at the end. */
  const state = join(folder, "state");
  const deployment = new Stack({});
  const started = new Date().toISOString();
  let backend: Backend;

  const onNode = (...command: string[]) =>
    run("cluster", ["exec", "--state", process.env.CLUSTER_STATE ?? ".cluster", node, "--", ...command]);
  const pulumi = (...args: string[]) =>
    run("pulumi", [...args, "--non-interactive"], {
      env: { ...process.env, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "e2e" },
    });
  const manager = async () =>
    (await get("pods", "-n", "telemetry-manager", "-l", "app.kubernetes.io/name=telemetry-manager"))[0]?.metadata.name;
  const log = async () => kubectl("-n", "telemetry-manager", "logs", (await manager()) ?? "");

  before(async () => {
    await makeNamespaces(backendNamespace, source);
    await putSecret(source, "token", { token: "first-token" });
    backend = await Backend.start("in-cluster");
    await loadManagerImage(image);
    mkdirSync(state);
    const headers = [
      { name: "x-token", valueFrom: { secretKeyRef: { name: "token", namespace: source, key: "token" } } },
    ];
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true }, headers } };
    const pipeline = { name: "managed", input: { runtime: { enabled: true } }, output };
    const config = { "telemetry:metricPipelines": [pipeline], "telemetry:verification": { mode: "off" } };
    writeFileSync(join(folder, "Pulumi.in-cluster.yaml"), stringify({ config }));
    await pulumi("stack", "init", "in-cluster");
    rmSync("Pulumi.in-cluster.yaml", { force: true });
    // The namespace must exist, because roles are made in it.
    await pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      "in-cluster",
      "--config-file",
      join(folder, "Pulumi.in-cluster.yaml"),
    );
    await onNode("mkdir", "-p", volume);
    const sent = spawn("tar", ["-C", state, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((done, fail) => {
      const args = ["exec", "--state", process.env.CLUSTER_STATE ?? ".cluster", node, "--", "tar", "-C", volume, "-x"];
      const received = spawn("cluster", args, { stdio: [sent.stdout, "ignore", "inherit"] });
      received.on("close", (code) => (code === 0 ? done() : fail(new Error(`tar ended with ${code}`))));
    });
    await onNode("chown", "-R", "10001:10001", volume);
    await apply({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "e2e-manager" },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "e2e-manager",
        hostPath: { path: volume },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
            ],
          },
        },
      },
    });
    deployment.configure({
      manager: {
        stack: "in-cluster",
        folder,
        image,
        environment: { PULUMI_BACKEND_URL: "file:///state", PULUMI_CONFIG_PASSPHRASE: "e2e" },
        stateVolume: { storageClass: "e2e-manager" },
      },
    });
    await deployment.create();
    await deployment.up();
  });

  after(async () => {
    await deployment.destroy();
    deployment.dispose();
    const { stdout } = await run(
      "cluster",
      ["exec", "--state", process.env.CLUSTER_STATE ?? ".cluster", node, "--", "tar", "-C", volume, "-c", ".pulumi"],
      { encoding: "buffer", maxBuffer: 256 * 1024 * 1024 },
    );
    writeFileSync(join(folder, "state.tar"), stdout);
    await run("tar", ["-C", state, "-xf", join(folder, "state.tar")]);
    const settings = join(folder, "Pulumi.in-cluster.yaml");
    await pulumi("destroy", "--yes", "--skip-preview", "--stack", "in-cluster", "--config-file", settings);
    await kubectl("delete", "persistentvolume", "e2e-manager");
    await onNode("rm", "-rf", volume);
    rmSync(folder, { recursive: true, force: true });
    await removeNamespaces(backendNamespace, source);
  });

  it("updates the stack with no more rights than its roles give, in a pod that is restricted", async () => {
    await eventually(async () => assert.match(await log(), /Updated after/), 300);
    assert.doesNotMatch(await log(), /forbidden|warning: /);
    const [namespace] = (await get<KubernetesObject & { metadata: { labels: Record<string, string> } }>("namespaces"))
      .filter(({ metadata }) => metadata.name === "telemetry-manager")
      .map(({ metadata }) => metadata.labels);
    assert.equal(namespace?.["pod-security.kubernetes.io/enforce"], "restricted");
  });

  it("applies a rotated Secret", async () => {
    await putSecret(source, "token", { token: "second-token" });
    await eventually(async () => {
      const used = (await backend.requests("metrics")).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(used.includes(inBase64("second-token")), await log());
    }, 300);
  });

  it("was never refused by the API server, and never read Secrets that are not its own", () => {
    const account = "system:serviceaccount:telemetry-manager:telemetry-manager";
    const audited = readFileSync(join(process.env.CLUSTER_STATE ?? ".cluster", "audit/audit.log"), "utf8")
      .split("\n")
      .filter((line) => line.includes(account))
      .map((line) => JSON.parse(line) as Audited)
      .filter(({ requestReceivedTimestamp }) => requestReceivedTimestamp > started);
    assert.ok(audited.length > 0);
    const refused = audited.filter(({ responseStatus }) => responseStatus?.code === 403);
    assert.deepEqual([...new Set(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`))], []);
    const foreign = audited
      .map(({ requestURI }) => requestURI)
      .filter((uri) => uri.includes("/secrets"))
      .filter((uri) => !uri.includes("/namespaces/telemetry/") && !uri.includes(`/namespaces/${source}/`));
    assert.deepEqual(foreign, []);
  });

  it("may not read other Secrets, not even in the namespaces it reads from", async () => {
    const may = (...args: string[]) => mayDo("telemetry-manager:telemetry-manager", ...args);
    assert.equal(await may("get", "secrets/token", "-n", source), "yes");
    assert.equal(await may("get", "secrets/other", "-n", source), "no");
    assert.equal(await may("get", "secrets", "-n", "kube-system"), "no");
    assert.equal(await may("create", "clusterrolebindings"), "yes");
    assert.equal(await may("escalate", "clusterroles"), "no");
    assert.equal(await may("get", "nodes", "--subresource=proxy"), "no");
  });
});
