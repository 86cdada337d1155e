import assert from "node:assert/strict";
import { isInMesh } from "../../../components/mesh/detect-mesh";

const never = (): never => assert.fail("the cluster was asked");

describe("the decision about a mesh", () => {
  it("follows the user's setting without asking the cluster", () => {
    assert.equal(isInMesh("on", never, never), true);
    assert.equal(isInMesh("off", never, never), false);
  });

  it("follows from Istio's kinds without a setting", () => {
    assert.equal(
      isInMesh("auto", () => ["apps", "networking.istio.io"], never),
      true,
    );
    assert.equal(
      isInMesh("auto", () => ["apps", "istio.io.example.com"], never),
      false,
    );
  });

  it("is against a mesh, with a warning, if the cluster does not answer", () => {
    const warnings: string[] = [];
    const unreachable = (): never => {
      throw new Error("connection refused");
    };
    assert.equal(
      isInMesh("auto", unreachable, (message) => warnings.push(message)),
      false,
    );
    assert.deepEqual(warnings, [
      "istio.mode is auto, but the cluster did not answer whether it has Istio. " +
        'This update assumes "off". Set istio.mode to "on" or "off".',
    ]);
  });
});
