import assert from "node:assert/strict";
import { gatewayPods, ofGateway, pipeline } from "./support/gateway-scene";
import { get, kubectl, type KubernetesObject } from "./support/kubectl";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { Stack } from "./support/stack";

const shared = "e2e-shared";
const configuration = { metricPipelines: [pipeline] };

interface Namespace extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

describe("the ownership of a stack", function () {
  this.timeout("12m");
  const stack = new Stack(configuration);

  before(async () => {
    await makeNamespaces(shared);
    await kubectl("-n", shared, "create", "configmap", "of-others");
    await stack.create();
  });

  after(async () => {
    stack.configure(configuration);
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(shared);
  });

  const namespace = async (): Promise<Namespace | undefined> =>
    (await get<Namespace>("namespaces")).find(({ metadata }) => metadata.name === shared);

  it("does not include a namespace that others created, in the preview and in the update", async () => {
    const before = await namespace();
    stack.configure({ ...configuration, namespace: shared });
    for (const { code, output } of [await stack.preview(), await stack.tryUp()]) {
      assert.notEqual(code, 0);
      assert.match(output, /namespace: is e2e-shared, which exists and was not created by this stack\./);
      assert.match(output, /set existingNamespace: true\./);
    }
    assert.deepEqual(await namespace(), before);
  });

  it("includes objects in such a namespace if the stack states so, and destroy leaves the namespace and all other objects in it", async () => {
    const before = await namespace();
    stack.configure({ ...configuration, namespace: shared, existingNamespace: true });
    await stack.up();
    assert.equal((await namespace())?.metadata.annotations?.["telemetry/used-by"], "telemetry/e2e");
    const unchanged = await stack.preview("--expect-no-changes");
    assert.equal(unchanged.code, 0, unchanged.output);

    stack.configure({ ...configuration, namespace: shared });
    const { code, output } = await stack.preview();
    assert.notEqual(code, 0);
    assert.match(output, /namespace: is e2e-shared, which exists and was not created by this stack\./);

    await stack.destroy();
    const { metadata } = (await namespace()) ?? assert.fail("the namespace is gone");
    assert.deepEqual(metadata.labels, before?.metadata.labels);
    assert.equal(metadata.annotations?.["telemetry/used-by"], undefined);
    await kubectl("-n", shared, "get", "configmap", "of-others");
  });

  it("includes everything that an update made before it was killed", async () => {
    stack.configure(configuration);
    const { code } = await stack.killedUp(async () => (await ofGateway("daemonsets")).length > 0);
    assert.notEqual(code, 0);
    await stack.unlock();
    await stack.up();
  });

  it("includes each field that the program sets, also after another field manager changed it", async () => {
    const surge = async (): Promise<string> =>
      kubectl(
        ...["-n", "telemetry", "get", "daemonset", "telemetry-otlp-gateway"],
        ...["-o", "jsonpath={.spec.updateStrategy.rollingUpdate.maxSurge}"],
      );
    const patch = { spec: { updateStrategy: { rollingUpdate: { maxSurge: "73%" } } } };
    const own = await surge();
    await kubectl(
      ...["-n", "telemetry", "patch", "daemonset", "telemetry-otlp-gateway", "--field-manager=k9s"],
      ...["--type=merge", "-p", JSON.stringify(patch)],
    );
    assert.equal(await surge(), "73%");
    const { code, output } = await stack.tryUp("--refresh");
    assert.equal(code, 0, output);
    assert.equal(await surge(), own);
  });

  it("stays unchanged if the configuration has no pipelines any more", async () => {
    const before = (await gatewayPods()).map(({ metadata }) => metadata.uid);
    assert.ok(before.length > 0);
    stack.configure({ metricPipelines: [] });
    const { code, output } = await stack.tryUp();
    assert.notEqual(code, 0);
    assert.match(output, /configuration: has no pipelines, so the update would remove gateway and agent\./);
    assert.deepEqual(
      (await gatewayPods()).map(({ metadata }) => metadata.uid),
      before,
    );
  });

  it("needs the name of an existing stack, and a name with a typing error makes no stack", async () => {
    for (const task of ["preview", "status"]) {
      const { code, output } = await stack.npm(task, "--stack", "e2f");
      assert.notEqual(code, 0);
      assert.match(output, /There is no stack e2f\. Did you mean `e2e`\?/);
      assert.match(output, /npm run stack -- init e2f/);
    }
  });
});
