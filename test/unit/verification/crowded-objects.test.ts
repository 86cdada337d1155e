import assert from "node:assert/strict";
import { crowdedObjects, usualCount } from "../../../components/verification/crowded-objects";
import type { InputEvidence } from "../../../components/verification/input-evidence";
import { judgeInputs, type WantedInputs } from "../../../components/verification/input-status";

const texts = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${i}`, ""]));
const object = (name: string, annotations: number, labels = 0) => ({
  metadata: { namespace: "shop", name, annotations: texts(annotations), labels: texts(labels) },
});

describe("objects with so many annotations and labels that agents need long to find targets", () => {
  it("are Pods and Services with more than usual of both together, those with the most first", () => {
    const services = [object("usual", usualCount), object("both", usualCount, 1), { metadata: { name: "bare" } }];
    assert.deepEqual(crowdedObjects(services, [object("worst", 10_000)]), [
      { kind: "Pod", namespace: "shop", name: "worst", count: 10_000 },
      { kind: "Service", namespace: "shop", name: "both", count: 2001 },
    ]);
  });

  const judged = (wanted: WantedInputs, count: number) => {
    const pods = Array.from({ length: count }, (_, i) => object(`web-${i}`, 3000 - i));
    const up = { input: "prometheus", url: "http://10.0.0.1:9100/metrics", health: "up", error: "" } as const;
    const evidence: InputEvidence = { targets: [up], kubelets: [], annotated: [], nodes: [] };
    return judgeInputs(wanted, { ...evidence, crowded: crowdedObjects([], pods) });
  };

  it("are a warning of each pipeline that has targets, which names five of them", () => {
    const { status, reason, message } = judged({ prometheus: {} }, 7) ?? assert.fail();
    assert.deepEqual([status, reason], ["True", "DiscoverySlow"]);
    assert.equal(
      message.replace("prometheus: 1 of 1 targets up. ", ""),
      "Agents need long to find targets, or find none, because of objects with thousands of annotations and labels: " +
        "Pod shop/web-0 has 3000, Pod shop/web-1 has 2999, Pod shop/web-2 has 2998, Pod shop/web-3 has 2997, " +
        "Pod shop/web-4 has 2996 and 2 more with fewer, but too many. Remove them there.",
    );
  });

  it("are nothing to a pipeline without targets", () => {
    assert.doesNotMatch(judged({ kubelet: {} }, 1)?.message ?? "", /annotations/);
    assert.doesNotMatch(judged({ prometheus: {} }, 0)?.message ?? "", /find none/);
  });
});
