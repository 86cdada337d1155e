import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { processes, status } from "../cluster/helpers";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, pods, type KubernetesObject } from "./support/kubectl";
import { leaksIn } from "./support/leaks";
import { ManagedStack } from "./support/manager";
import { makeNamespaces, putSecret, removeNamespaces } from "./support/probe";
import { Senders } from "./support/senders";

const source = "e2e-manager-source";
const tokens = ["first-managed", "second-managed", "third-managed", "fourth-managed"] as const;
const [first, second, third, fourth] = tokens;
const inBase64 = (text: string): string => Buffer.from(text).toString("base64");

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}
interface Pipeline extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}
interface Event extends KubernetesObject {
  readonly reason: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

describe("the manager", function () {
  this.timeout("10m");
  const managed = new ManagedStack("e2e-manager");
  let backend: Backend;

  const pipeline = (name: string, statement = 'set(resource.attributes["a"], "b")') => ({
    name,
    transform: [{ statements: [statement] }],
    output: {
      otlp: {
        endpoint: { value: backend.grpc },
        tls: { insecure: true },
        headers: [{ name: "x-token", valueFrom: { secretKeyRef: { name: "token", namespace: source, key: "token" } } }],
      },
    },
  });
  const settings = (...pipelines: object[]) => ({
    // The manager looks by itself; an update without a proof is faster.
    verification: { mode: "off" },
    metricPipelines: pipelines,
  });
  const gateways = async () =>
    (await pods("telemetry", "telemetry-otlp-gateway")).map(({ metadata }) => metadata.uid).sort();
  const updates = async (outcome: string): Promise<number> => {
    const whys = ["first", "inputs", "retry", "drift", "resync"];
    const counts = whys.map((why) =>
      managed.metric(`telemetry_manager_updates_total{outcome="${outcome}",why="${why}"}`),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };

  before(async () => {
    await makeNamespaces(backendNamespace, source);
    await putSecret(source, "token", { token: first });
    backend = await Backend.start("managed");
    managed.configure(settings(pipeline("managed")));
    await managed.create();
    await managed.start("--no-policies", "--status-seconds", "15", "--go-back");
    await managed.prints(/Updated after/, 0);
  });

  after(async () => {
    await Senders.removeAll();
    await managed.dispose();
    await kubectl("-n", "default", "delete", "lease", "telemetry-manager-e2e-manager", "--ignore-not-found");
    await removeNamespaces(backendNamespace, source);
  });

  it("brings the stack up and tells how its pipelines are in its metrics", async () => {
    const healthy =
      'telemetry_pipeline_condition{pipeline="metricPipelines/managed",type="TelemetryFlowHealthy",status="True"';
    await eventually(async () => assert.equal(await managed.metric(healthy), 1), 60);
    assert.equal(await managed.metric("telemetry_manager_leader"), 1);
    assert.match(await managed.page(), /<svg[\s\S]*metricPipelines\/managed/);
  });

  it("takes up a rotated Secret by itself, without a lost request", async () => {
    const senders = await Senders.start("managed", {
      protocol: "grpc",
      endpoint: "telemetry-otlp.telemetry:4317",
      rate: 20,
    });
    await eventually(async () => assert.ok((await backend.distinct()).size >= senders.podNames.length));
    const start = Date.now();
    await putSecret(source, "token", { token: second });
    await eventually(async () => {
      const used = (await backend.requests("metrics")).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(used.includes(inBase64(second)), "the new credential is not used");
    }, 300);
    console.log(`      the backend saw the new credential after ${((Date.now() - start) / 1000).toFixed(0)} s`);
    await eventually(async () => {
      const old = (await backend.requests("metrics")).slice(-5).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(!old.includes(inBase64(first)), "the old credential is still used");
    }, 60);
    for (const [sender, { ok, failed, lastErrors }] of await senders.stop()) {
      assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed: ${lastErrors.join("\n")}`);
      await eventually(async () => assert.equal((await backend.distinct()).get(sender), ok));
    }
  });

  it("refuses wrong settings once, says where, changes nothing, and goes on when they are mended", async () => {
    await managed.prints(/Updated after/, managed.log.lastIndexOf("Updating"));
    const before = await gateways();
    const from = managed.log.length;
    managed.configure(settings(pipeline("managed", "sett(1)"), { name: "two" }));
    await managed.prints(/Refused after .*; nothing was changed/, from);
    assert.match(managed.log.slice(from), /metricPipelines\[1\]\.output: is missing/);
    const refused = await updates("refused");
    await new Promise((wait) => setTimeout(wait, 12_000));
    assert.equal(await updates("refused"), refused, "it tried the same again");
    assert.deepEqual(await gateways(), before);
    const events = (await get<Event>("events", "-n", "default")).filter(({ reason }) => reason === "UpdateRefused");
    const about = events.map(({ involvedObject }) => `${involvedObject.kind} ${involvedObject.name}`);
    assert.deepEqual([...new Set(about)], ["Lease telemetry-manager-e2e-manager"]);

    const mended = managed.log.length;
    managed.configure(settings(pipeline("managed", 'set(resource.attributes["a"], "c")')));
    await managed.prints(/Updated after/, mended);
    assert.notDeepEqual(await gateways(), before);
  });

  it("puts right what somebody else has changed or deleted, and does not fight with itself", async () => {
    await managed.prints(/Updated after/, managed.log.lastIndexOf("Updating"));
    // The baseline is the state of the objects after the manager has settled.
    await new Promise((wait) => setTimeout(wait, 12_000));
    const from = managed.log.length;
    const args = ["-n", "telemetry", "set", "env", "daemonset/telemetry-otlp-gateway", "GOMEMLIMIT=1"];
    await kubectl(...args);
    await managed.prints(/DaemonSet telemetry-otlp-gateway differs from the stack/, from);
    await managed.prints(/Updated after/, from);
    const [gateway] = await get<KubernetesObject>("daemonset", "-n", "telemetry");
    assert.ok(!JSON.stringify(gateway?.spec).includes('{"name":"GOMEMLIMIT","value":"1"}'), "it is still there");

    // The baseline is the state of the objects after the manager has settled.
    await new Promise((wait) => setTimeout(wait, 12_000));
    const deleted = managed.log.length;
    await kubectl("-n", "telemetry", "delete", "service", "telemetry-otlp");
    await managed.prints(/Service telemetry-otlp differs from the stack/, deleted);
    await managed.prints(/Updated after/, deleted);
    await kubectl("-n", "telemetry", "get", "service", "telemetry-otlp");

    const done = await updates("done");
    await new Promise((wait) => setTimeout(wait, 10_000));
    assert.equal(await updates("done"), done, "it goes on correcting");
  });

  it("goes back to what was good when an update fails whose backend takes no data, and stays there", async () => {
    const settingsNow = settings(pipeline("managed", 'set(resource.attributes["a"], "c")'));
    const refused = await updates("refused");
    const from = managed.log.length;
    managed.configure({
      verification: { onUnhealthy: "fail", timeoutSeconds: 20 },
      metricPipelines: [
        { name: "managed", output: { otlp: { endpoint: { value: `nowhere.${backendNamespace}:4317` } } } },
      ],
    });
    await managed.prints(/Went back to the last good inputs, which now serve/, from, 300);
    assert.match(managed.log.slice(from), /metricPipelines\/managed: TelemetryFlowHealthy is False/);
    const [gateway] = await get<KubernetesObject>("daemonset", "-n", "telemetry");
    const [, name = ""] = /"configMap":\{[^}]*"name":"([^"]+)"/.exec(JSON.stringify(gateway?.spec)) ?? [];
    assert.ok((await kubectl("-n", "telemetry", "get", "configmap", name, "-o", "yaml")).includes(backend.grpc));
    assert.match(managed.log.slice(from), /Went back after/);
    assert.deepEqual([await updates("wentBack"), await updates("refused")], [1, refused]);
    // The baseline is the state that it went back to, after the manager has settled.
    await new Promise((wait) => setTimeout(wait, 12_000));
    assert.doesNotMatch(managed.log.slice(from), /nothing was changed|differs from the stack/);
    const back = managed.log.length;
    managed.configure(settingsNow);
    await managed.prints(/Updated after/, back);
  });

  it("that was killed in an update leaves a lock, which the next one takes away before it ends the update", async () => {
    const from = managed.log.length;
    await putSecret(source, "token", { token: third });
    await managed.prints(/Updating: the inputs/, from);
    // In the middle of the update itself, which holds the lock, after its preview.
    await eventually(async () => {
      const secrets = await get("secrets", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-credentials");
      assert.ok(secrets.length > 1, "the update has not begun");
    }, 60);
    managed.kill();
    const start = Date.now();
    const killed = managed.log.length;
    await managed.start("--no-policies", "--status-seconds", "15");
    await managed.prints(/Its lock is removed/, killed);
    await managed.prints(/Updated after/, killed);
    console.log(`      the next manager was done after ${((Date.now() - start) / 1000).toFixed(0)} s`);
    await eventually(async () => {
      const secrets = await get("secrets", "-n", "telemetry", "-l", "app.kubernetes.io/name=telemetry-credentials");
      assert.equal(secrets.length, 1);
    });
    await backend.reset();
    await eventually(async () => {
      const used = (await backend.requests("metrics")).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(used.includes(inBase64(third)), "the new credential is not used");
    }, 90);
  });

  it("survives the end of the API server, and takes up what has changed meanwhile", async () => {
    const { name } = await status();
    const from = managed.log.length;
    for (const pid of processes(name, "control-plane", "kube-apiserver")) process.kill(pid, "SIGKILL");
    managed.configure(settings(pipeline("managed", 'set(resource.attributes["a"], "d")')));
    await eventually(async () => {
      // A manager that could not keep its lease ends; in a pod, it would be started again.
      if (managed.hasEnded) await managed.start("--no-policies", "--status-seconds", "15");
      assert.match(managed.log.slice(from), /Updated after/);
    }, 240);
    await putSecret(source, "token", { token: fourth });
    const rotated = managed.log.length;
    await managed.prints(/Updating: the inputs of the stack have changed/, rotated);
    await managed.prints(/Updated after/, rotated);
  });

  it("gives no credential away", async () => {
    const everything = `${managed.log}\n${await managed.state()}\n${await kubectl("get", "events", "-A", "-o", "json")}`;
    assert.deepEqual(leaksIn(everything, tokens), []);
  });

  describe("with pipelines that are objects of the cluster", () => {
    const crds = parseAllDocuments(readFileSync(resolve(__dirname, "../../manager/crds.yaml"), "utf8")).map(
      (document) => document.toJS() as KubernetesObject,
    );
    const object = (name: string, spec: object) => ({
      apiVersion: "telemetry.kyma-project.io/v1beta1",
      kind: "MetricPipeline",
      metadata: { name },
      spec,
    });
    const conditions = async (name: string): Promise<readonly Condition[]> =>
      (await get<Pipeline>("metricpipelines")).find(({ metadata }) => metadata.name === name)?.status?.conditions ?? [];
    const told = async (name: string) =>
      (await conditions(name)).map(({ type, status, reason }) => `${type} ${status} ${reason}`);
    const spec = ({ transform, output }: ReturnType<typeof pipeline>) => ({ transform, output });

    before(async () => {
      for (const crd of crds) await apply(crd);
      await kubectl("wait", "--for=condition=Established", ...crds.map(({ metadata }) => `crd/${metadata.name}`));
      await managed.stop();
      const from = managed.log.length;
      await managed.start("--no-policies", "--status-seconds", "15", "--objects");
      await managed.prints(/Updated after/, from);
    });

    after(async () => {
      for (const crd of crds) await kubectl("delete", "crd", crd.metadata.name);
    });

    it("serves those that are right, leaves out those that are wrong, and says so in their status", async () => {
      await apply(object("good", spec(pipeline("good"))));
      await apply(object("missing", { output: { otlp: { endpoint: { value: "backend" } } } }));
      // Only the collector sees that there is no such function.
      await apply(object("wrong", spec(pipeline("wrong", 'sett(resource.attributes["a"], "b")'))));
      await eventually(async () => {
        assert.deepEqual(await told("good"), [
          "ConfigurationGenerated True GatewayConfigured",
          "GatewayHealthy True GatewayReady",
          "AgentHealthy True AgentNotRequired",
          "TelemetryFlowHealthy True FlowHealthy",
        ]);
        const refused = (reason: string) => [
          `ConfigurationGenerated False ${reason}`,
          "TelemetryFlowHealthy False ConfigurationNotGenerated",
        ];
        assert.deepEqual(await told("missing"), refused("EndpointInvalid"));
        assert.deepEqual(await told("wrong"), refused("OTTLSpecInvalid"));
      }, 300);
      const [configuration] = await conditions("wrong");
      assert.match(configuration?.message ?? "", /^MetricPipeline\/wrong#1:spec\.transform\[0\]\.statements\[0\]: /);
      assert.equal(configuration?.observedGeneration, 1);
    });

    it("takes up an object that was mended, and one that was deleted", async () => {
      await apply(object("wrong", spec(pipeline("wrong"))));
      await kubectl("delete", "metricpipeline", "good");
      await eventually(async () => {
        const [, , , flow] = await told("wrong");
        assert.equal(flow, "TelemetryFlowHealthy True FlowHealthy");
      }, 300);
      const good = 'telemetry_pipeline_condition{pipeline="metricPipelines/good"';
      assert.equal(await managed.metric(good), 0);
    });
  });
});
