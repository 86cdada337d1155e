import assert from "node:assert/strict";
import { managerSettings } from "../../../manager/manager-settings";

const root = `${__dirname}/../../..`;

describe("the command line of a manager", () => {
  it("has defaults for a stack of the checkout", () => {
    const settings = managerSettings(["--stack", "prod"], root);
    assert.equal(settings.policies, "policy/config/prod.json");
    assert.equal(settings.namespace, "default");
    assert.match(settings.state, /\.pulumi-state\/manager\/prod$/);
    assert.equal(settings.objects || settings.goBack, false);
    assert.equal(managerSettings([], root, "mine").namespace, "mine");
  });

  it("finds the policies of a stack whose name has its organisation", () => {
    assert.equal(managerSettings(["--stack", "acme/telemetry/prod"], root).policies, "policy/config/prod.json");
  });

  it("judges by no policies if there are none, or if an option turns them off", () => {
    assert.equal(managerSettings(["--stack", "nobody"], root).policies, undefined);
    assert.equal(managerSettings(["--stack", "prod", "--no-policies"], root).policies, undefined);
    assert.equal(managerSettings(["--policies", "x.json"], root).policies, "x.json");
  });

  it("rejects unknown and unusable arguments with a sentence", () => {
    assert.throws(() => managerSettings(["--stak", "prod"], root), /--stak/);
    for (const seconds of ["14", "1.5", "soon"]) {
      assert.throws(
        () => managerSettings(["--status-seconds", seconds], root),
        /--status-seconds must be a whole number from 15 to 86400\./,
      );
    }
  });
});
