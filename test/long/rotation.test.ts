import assert from "node:assert/strict";
import { Application } from "../e2e/support/application";
import { Backend, backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { get, kubectl, pods, type KubernetesObject } from "../e2e/support/kubectl";
import { metricsRequest, now } from "../e2e/support/otlp";
import { makeNamespaces, putSecret, removeNamespaces } from "../e2e/support/probe";
import { Senders } from "../e2e/support/senders";
import { Stack } from "../e2e/support/stack";

const source = "e2e-rotation-source";
const application = "e2e-rotation-shop";
const [first, second] = ["first-$$-password", "second-${env:HOME}-password"] as const;

const grpc = { protocol: "grpc", endpoint: "telemetry-otlp.telemetry:4317", rate: 20 } as const;
const http = { protocol: "http", endpoint: "telemetry-otlp.telemetry:4318", rate: 20 } as const;

const ref = (key: string, name = "backend") => ({ valueFrom: { secretKeyRef: { name, namespace: source, key } } });
const pipeline = (name: string, backend: Backend, password: object) => ({
  name,
  output: {
    otlp: {
      protocol: "http",
      endpoint: { value: `http://${backend.http}` },
      authentication: { basic: { user: { value: "gateway" }, password } },
    },
  },
});
const authorization = (password: string) =>
  Buffer.from(`Basic ${Buffer.from(`gateway:${password}`).toString("base64")}`).toString("base64");

interface Secret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

/** Returns the merged Secrets of the cluster. At most one of them is in use. */
const merged = () => get<Secret>("secrets", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-credentials");

/** Returns every pod of the gateway, including those that are ending. */
const gatewayPods = async () =>
  (await get("pods", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-otlp-gateway"))
    .map(({ metadata }) => metadata.uid)
    .sort();

describe("referenced Secrets", function () {
  this.timeout("4m");
  let backend: Backend;
  const stack = new Stack({});
  const two = () => [pipeline("kept", backend, ref("password")), pipeline("leaving", backend, { value: "leaving" })];

  before(async () => {
    await makeNamespaces(backendNamespace, source, application);
    await putSecret(source, "backend", { password: first });
    backend = await Backend.start("rotation");
    stack.configure({ metricPipelines: [pipeline("kept", backend, ref("password"))], logPipelines: two() });
    await stack.create();
    await stack.up();
  });

  after(async () => {
    await Senders.removeAll();
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace, source, application);
  });

  it("roll the gateway to the new credential under load after a rotation, without a lost request", async () => {
    const [old] = await merged();
    const oldPods = await gatewayPods();
    const senders = await Promise.all([
      Senders.start("rotation-grpc", grpc),
      Senders.start("rotation-http", http),
      Senders.start("rotation-http-new", { ...http, newConnections: true }),
      Senders.start("rotation-logs", { ...grpc, signal: "logs" }),
    ]);
    await eventually(async () => assert.ok((await backend.distinct()).size === 12, "all of them send"));

    await putSecret(source, "backend", { password: second });
    await stack.up();
    await eventually(async () => {
      const left = (await gatewayPods()).filter((uid) => oldPods.includes(uid));
      assert.deepEqual(left, [], "old gateways are still there");
    }, 60);
    // One more round with only the new gateways.
    const reached = await backend.distinct();
    await eventually(async () => {
      for (const [sender, count] of await backend.distinct()) assert.ok(count > (reached.get(sender) ?? 0) + 10);
    });

    const accepted = new Map<string, number>();
    for (const group of senders) {
      for (const [sender, { ok, failed, resent, lastErrors }] of await group.stop()) {
        assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed:\n${lastErrors.join("\n")}`);
        // A kept connection may be closed just as it is used. More than one or two cases would not be chance.
        assert.ok(resent <= 2, `${sender}: ${resent} of ${ok} requests met a closed connection`);
        accepted.set(sender, ok);
      }
    }
    await eventually(async () => {
      assert.deepEqual([...(await backend.distinct())].sort(), [...accepted].sort());
      // Both pipelines for logs sent it: they share their batches.
      for (const { signal, sender, items } of await backend.counts()) {
        if (accepted.has(sender) && signal === "logs") assert.equal(items, 2 * (accepted.get(sender) ?? 0), sender);
      }
    });

    const used = (await backend.requests("metrics")).map(({ headers }) => headers.authorization?.[0]);
    assert.deepEqual(new Set(used), new Set([authorization(first), authorization(second)]));
    assert.equal(used.at(-1), authorization(second));
    const names = (await merged()).map(({ metadata }) => metadata.name);
    assert.equal(names.length, 1);
    assert.notEqual(names[0], old?.metadata.name);
  });

  it("leave the merged Secret when their pipeline is removed", async () => {
    const keys = async () => (await merged()).map(({ data }) => Object.keys(data).sort());
    const both = ["log_kept_authentication", "log_leaving_authentication", "metric_kept_authentication"];
    assert.deepEqual(await keys(), [both]);
    const metricPipelines = [pipeline("kept", backend, ref("password"))];
    stack.configure({ metricPipelines, logPipelines: two().slice(0, 1) });
    await stack.up();
    assert.deepEqual(await keys(), [both.filter((key) => !key.includes("leaving"))]);
  });

  it("fail the preview at the longest value if they are larger than one Secret", async () => {
    await putSecret(source, "long", { text: "x".repeat(500_000) });
    await putSecret(source, "longer", { text: "x".repeat(600_000) });
    stack.configure({
      metricPipelines: [pipeline("kept", backend, ref("text", "longer"))],
      logPipelines: [pipeline("kept", backend, ref("text", "long"))],
    });
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    const path = "metricPipelines[0].output.otlp.authentication.basic.password";
    assert.ok(output.includes(`${path}: is 600000 bytes long, the credentials of all pipelines together 11`), output);
  });

  it("fail the preview with all details if they are missing, and change nothing", async () => {
    const servingUids = async () =>
      (await pods("telemetry", "telemetry-otlp-gateway")).map(({ metadata }) => metadata.uid).sort();
    const gateways = await servingUids();
    const secrets = (await merged()).map(({ metadata }) => metadata.uid);
    stack.configure({
      metricPipelines: [pipeline("kept", backend, ref("pasword"))],
      logPipelines: [pipeline("kept", backend, ref("password")), pipeline("new", backend, ref("password", "nowhere"))],
    });
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    const path = "output.otlp.authentication.basic.password";
    for (const line of [
      "Invalid pipeline configuration (2 problems)",
      `metricPipelines[0].${path}: refers to the key pasword of Secret backend in namespace ${source}, which has no such key. Correct the key.`,
      `logPipelines[1].${path}: refers to the key password of Secret nowhere in namespace ${source}, which does not exist. Create the Secret or correct the reference.`,
    ]) {
      assert.ok(output.includes(line), `${line}\nis not in\n${output}`);
    }
    await assert.rejects(stack.up(), /2 problems/);

    await kubectl("-n", source, "delete", "secret", "backend");
    stack.configure({ metricPipelines: [pipeline("kept", backend, ref("password"))] });
    const gone = await stack.preview();
    assert.notEqual(gone.code, 0);
    assert.match(
      gone.output,
      /refers to the key password of Secret backend in namespace e2e-rotation-source, which does not exist/,
    );

    assert.deepEqual(await servingUids(), gateways);
    assert.deepEqual(
      (await merged()).map(({ metadata }) => metadata.uid),
      secrets,
    );
    const [shop] = await Application.startIn(application);
    await backend.reset();
    await shop?.push("metrics", metricsRequest([{ name: "m", gauge: [{ time: now(), value: 1 }] }]));
    await eventually(async () => assert.equal((await backend.items()).length, 1));
  });
});
