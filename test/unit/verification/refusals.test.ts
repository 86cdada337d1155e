import assert from "node:assert/strict";
import { learnRefusals, refusalsOf, type RefusalEvidence } from "../../../components/verification/refusals";
import { refused } from "../../../components/verification/flow-words";
import type { CollectorTarget } from "../../../components/verification/targets";

const gateway: CollectorTarget = { kind: "gateway", workload: "DaemonSet", name: "gateway" };
const agent: CollectorTarget = { kind: "agent", workload: "DaemonSet", name: "agent" };

/** Evidence of a pod that has refused these numbers of metrics by each look. */
const after = (looks: readonly number[], pod = "p1", known: RefusalEvidence = [], collector = gateway) =>
  looks.reduce<RefusalEvidence>(
    (evidence, metrics) => learnRefusals(evidence, { pod, collector, refused: { metrics } }),
    known,
  );
const concerning = (evidence: RefusalEvidence, pods = ["p1"], change: object = {}) =>
  refusalsOf(evidence, { signal: "metrics", collectors: ["gateway"], ...change }, pods);

describe("data that a collector refuses", () => {
  it("does not exist if the counters stay the same", () => {
    assert.deepEqual(concerning(after([0, 0, 0])), { certain: true });
  });

  it("is lasting after three looks with refusals, and not certain before", () => {
    assert.equal(concerning(after([5])).certain, false);
    assert.equal(concerning(after([5, 5])).certain, false);
    assert.deepEqual(concerning(after([5, 0, 5, 5])), {
      refusals: { collector: gateway, signal: "metrics", pods: ["p1"], items: 15, lasting: true },
      certain: true,
    });
  });

  it("is over after three looks without refusals, whatever its amount", () => {
    assert.equal(concerning(after([5, 0, 0])).certain, false);
    for (const looks of [
      [5, 0, 0, 0],
      [5, 5, 5, 0, 0, 0],
    ]) {
      const { refusals, certain } = concerning(after(looks));
      assert.deepEqual([refusals?.lasting, certain], [false, true]);
    }
  });

  it("concerns pipelines of its signal that the collector serves, and no others", () => {
    const evidence = after([5, 5, 5]);
    assert.equal(concerning(evidence, ["p1"], { signal: "logs" }).refusals, undefined);
    assert.equal(concerning(evidence, ["p1"], { collectors: ["agent"] }).refusals, undefined);
    assert.equal(concerning(evidence, ["p2"]).refusals, undefined, "the pod has gone");
  });

  it("names the pods in which it goes on", () => {
    const evidence = after([5, 0, 0, 0], "p3", after([5, 5, 5], "p2", after([5, 5, 5])));
    assert.deepEqual(concerning(evidence, ["p1", "p2", "p3"]).refusals?.pods, ["p1", "p2"]);
  });

  it("is reported with the data it concerns, why its pipeline is unknown, and the remedy", () => {
    const pods = ["a", "b", "c", "d"];
    assert.equal(
      refused({ collector: gateway, signal: "logs", pods, items: 7, lasting: true }),
      "The memory of a, b, c and 1 more is short: the gateway refuses pushed data there, 7 log records during the check. " +
        "The gateway refuses data before it is assigned to pipelines, so this concerns every pipeline of logs that " +
        "receives pushed data. Senders retry; data that they give up is lost. " +
        "Raise gateway.resources.limits.memory, or send less.",
    );
    assert.match(
      refused({ collector: agent, signal: "metrics", pods: ["a"], items: 7, lasting: true }),
      /the agent refuses collected data there, 7 data points .* collects data\. Refused data is lost\. Raise agent\.res/,
    );
    assert.equal(
      refused({ collector: gateway, signal: "traces", pods: ["a"], items: 7, lasting: false }),
      "For a moment, the memory of a was short, and 7 spans were refused.",
    );
  });
});
