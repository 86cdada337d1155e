import assert from "node:assert/strict";
import { kubernetesOption, kubernetesTarget } from "../../../lab";

describe("the option for the version of Kubernetes", () => {
  it("leaves the version as it is when it is absent", () => {
    assert.equal(kubernetesOption([]), undefined);
    assert.deepEqual(kubernetesTarget(undefined), []);
  });

  it("names a version that can be built, which may need its own target", () => {
    assert.deepEqual(kubernetesTarget(kubernetesOption(["--kubernetes", "1.34"])), ["kube-oldest"]);
    assert.deepEqual(kubernetesTarget(kubernetesOption(["--kubernetes", "1.37"])), []);
  });

  it("rejects other versions and other options, and lists the versions", () => {
    assert.throws(() => kubernetesOption(["--kubernetes", "1.30"]), {
      message: "--kubernetes 1.30: can be 1.37 or 1.34.",
    });
    assert.throws(
      () => kubernetesOption(["--version", "1.34"]),
      /^Error: Unknown option '--version'.*-- --kubernetes 1\.34$/s,
    );
  });
});
