import assert from "node:assert/strict";
import { processes, status } from "../cluster/helpers";
import { backendNamespace } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { get, kubectl, type KubernetesObject } from "../e2e/support/kubectl";
import { leaksIn } from "../e2e/support/leaks";
import { inBase64, ManagerScene, source, tokens } from "../e2e/support/manager-scene";
import { putSecret } from "../e2e/support/probe";

const [, , third, fourth] = tokens;

interface Event extends KubernetesObject {
  readonly reason: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** The order matters: each test begins with the state of the one before it. */
describe("the manager, after faults", function () {
  this.timeout("10m");
  const scene = new ManagerScene();
  const { managed, pipeline, settings, gateways, updates } = scene;

  before(() => scene.begin());

  after(() => scene.end());

  it("refuses wrong settings once, names the place, changes nothing, and goes on when they are corrected", async () => {
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

    const unreadable = managed.log.length;
    managed.write(`Pulumi.${managed.stack}.yaml`, "config: [");
    await managed.prints(/Refused after .*; nothing was changed/, unreadable);
    assert.match(managed.log.slice(unreadable), /Pulumi\..*\.yaml: is not valid YAML \(/);
    assert.deepEqual(await gateways(), before);

    const mended = managed.log.length;
    managed.configure(settings(pipeline("managed", 'set(resource.attributes["a"], "c")')));
    await managed.prints(/Updated after/, mended);
    assert.notDeepEqual(await gateways(), before);
  });

  it("restores objects that others have changed or deleted, and does not correct its own changes", async () => {
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

  it("goes back to the last good settings if an update fails because its backend accepts no data, and stays there", async () => {
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
    assert.ok((await kubectl("-n", "telemetry", "get", "configmap", name, "-o", "yaml")).includes(scene.backend.grpc));
    assert.match(managed.log.slice(from), /Went back after/);
    assert.deepEqual([await updates("wentBack"), await updates("refused")], [1, refused]);
    // The baseline is the state after going back, when the manager has settled.
    await new Promise((wait) => setTimeout(wait, 12_000));
    assert.doesNotMatch(managed.log.slice(from), /nothing was changed|differs from the stack/);
    const back = managed.log.length;
    managed.configure(settingsNow);
    await managed.prints(/Updated after/, back);
  });

  it("leaves a lock if it is killed in an update; the next manager removes the lock and completes the update", async () => {
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
    await scene.backend.reset();
    await eventually(async () => {
      const used = (await scene.backend.requests("metrics")).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(used.includes(inBase64(third)), "the new credential is not used");
    }, 90);
  });

  it("survives the end of the API server, and applies changes that were made meanwhile", async () => {
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

  it("reveals no credential", async () => {
    const everything = `${managed.log}\n${await managed.state()}\n${await kubectl("get", "events", "-A", "-o", "json")}`;
    assert.deepEqual(leaksIn(everything, tokens), []);
  });
});
