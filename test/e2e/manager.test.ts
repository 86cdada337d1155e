import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { eventually } from "./support/eventually";
import { apply, get, kubectl, type KubernetesObject } from "./support/kubectl";
import { leaksIn } from "./support/leaks";
import { inBase64, ManagerScene, source, tokens } from "./support/manager-scene";
import { putSecret } from "./support/probe";
import { Senders } from "./support/senders";

const [first, second] = tokens;

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

// `test/long` has the tests that take more than a minute.
describe("the manager", function () {
  this.timeout("20m");
  const scene = new ManagerScene();
  const { managed, pipeline } = scene;

  before(() => scene.begin());

  after(() => scene.end());

  it("brings the stack up and reports the state of its pipelines in its metrics", async () => {
    const healthy =
      'telemetry_pipeline_condition{pipeline="metricPipelines/managed",type="TelemetryFlowHealthy",status="True"';
    await eventually(async () => assert.equal(await managed.metric(healthy), 1), 180);
    assert.equal(await managed.metric("telemetry_manager_leader"), 1);
    assert.match(await managed.page(), /<svg[\s\S]*metricPipelines\/managed/);
  });

  it("applies a rotated Secret by itself, without a lost request", async () => {
    const senders = await Senders.start("managed", {
      protocol: "grpc",
      endpoint: "telemetry-otlp.telemetry:4317",
      rate: 20,
    });
    await eventually(async () => assert.ok((await scene.backend.distinct()).size >= senders.podNames.length));
    const start = Date.now();
    await putSecret(source, "token", { token: second });
    await eventually(async () => {
      const used = (await scene.backend.requests("metrics")).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(used.includes(inBase64(second)), "the new credential is not used");
    }, 300);
    console.log(`      the backend saw the new credential after ${((Date.now() - start) / 1000).toFixed(0)} s`);
    await eventually(async () => {
      const old = (await scene.backend.requests("metrics")).slice(-5).map(({ headers }) => headers["x-token"]?.[0]);
      assert.ok(!old.includes(inBase64(first)), "the old credential is still used");
    }, 60);
    for (const [sender, { ok, failed, lastErrors }] of await senders.stop()) {
      assert.equal(failed, 0, `${sender}: ${failed} of ${ok + failed} failed: ${lastErrors.join("\n")}`);
      await eventually(async () => assert.equal((await scene.backend.distinct()).get(sender), ok));
    }
  });

  it("reveals no credential", async () => {
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
    /** Returns the conditions without those of the inputs: no application pushes all the time. */
    const told = async (name: string) =>
      (await conditions(name))
        .filter(({ type }) => type !== "InputsHealthy")
        .map(({ type, status, reason }) => `${type} ${status} ${reason}`);
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

    it("serves the good ones, leaves out the wrong ones, and reports that in their status", async () => {
      await apply(object("good", spec(pipeline("good"))));
      await apply(object("missing", { output: { otlp: { endpoint: { value: "backend" } } } }));
      // Only the collector finds that this function does not exist.
      await apply(object("wrong", spec(pipeline("wrong", 'sett(resource.attributes["a"], "b")'))));
      await eventually(async () => {
        assert.deepEqual(await told("good"), [
          "ConfigurationGenerated True GatewayConfigured",
          "GatewayHealthy True GatewayReady",
          "AgentHealthy True AgentNotRequired",
          "DataHealthy True DataHealthy",
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

    it("applies a corrected object, and the deletion of another one", async () => {
      await apply(object("wrong", spec(pipeline("wrong"))));
      await kubectl("delete", "metricpipeline", "good");
      await eventually(async () => {
        const flow = (await told("wrong")).at(-1);
        assert.equal(flow, "TelemetryFlowHealthy True FlowHealthy");
      }, 300);
      const good = 'telemetry_pipeline_condition{pipeline="metricPipelines/good"';
      // The manager may apply the deletion in an update of its own.
      await eventually(async () => assert.equal(await managed.metric(good), 0), 300);
    });
  });
});
