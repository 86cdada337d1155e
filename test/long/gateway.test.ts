import assert from "node:assert/strict";
import { eventually } from "../e2e/support/eventually";
import { changed, configuration, gatewayPods, isRolling, ofGateway } from "../e2e/support/gateway-scene";
import { Stack } from "../e2e/support/stack";

describe("a metric pipeline through the gateway, when its update is interrupted", function () {
  this.timeout("3m");
  const stack = new Stack(configuration);

  before(() => stack.create());

  after(async () => {
    await stack.destroy();
    stack.dispose();
  });

  it("goes back from an update that was interrupted while pods were replaced", async () => {
    stack.configure(changed);
    await stack.up();
    const before = await ofGateway("configmaps");
    const oldPods = (await gatewayPods()).map(({ metadata }) => metadata.name);
    stack.configure({ ...changed, enrichments: { cluster: { name: "other" } } });
    const { code } = await stack.interruptedUp(() => isRolling(oldPods), 1);
    assert.notEqual(code, 0);

    stack.configure(changed);
    await stack.up();
    assert.deepEqual(await ofGateway("configmaps"), before);
    // The engine may have waited for the end of the interrupted roll, and not for that of its own roll.
    await eventually(async () => {
      const volumes = (await gatewayPods()).flatMap(({ spec }) => spec.volumes);
      const mounted = volumes.flatMap(({ configMap }) => (configMap ? [configMap.name] : []));
      assert.deepEqual(mounted, [...before, ...before, ...before]);
    }, 60);
  });
});
