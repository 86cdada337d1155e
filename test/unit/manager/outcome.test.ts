import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { resolveReferences } from "../../../components/credentials/source-secrets";
import { PipelineConfigError } from "../../../components/schema";
import { changedResources, failedEnding, hear, mayHaveChanged, nothingSaid } from "../../../manager/engine-report";

const event = (parts: object): EngineEvent => ({ sequence: 1, timestamp: 1, ...parts });
const diagnostic = (message: string, severity = "error") =>
  event({ diagnosticEvent: { message, severity, color: "" } });
const violation = (enforcementLevel: string) =>
  event({ policyEvent: { policyName: "backend-tls", message: "<{%fg 1%}>use TLS<{%reset%}>", enforcementLevel } });
const heard = (...events: EngineEvent[]) => events.reduce(hear, nothingSaid);

describe("how an update ended", () => {
  it("is refused by a rule that must hold, with its name, and not by one that only advises", () => {
    assert.deepEqual(failedEnding(heard(violation("mandatory"), violation("mandatory")), ""), {
      outcome: "refused",
      message: "backend-tls: use TLS",
    });
    assert.equal(failedEnding(heard(violation("warning")), "code 255").outcome, "failed");
  });

  it("is refused by what is wrong in the inputs, without what the engine adds to it", () => {
    const said = heard(
      diagnostic(
        "<{%reset%}>Invalid pipeline configuration (1 problem)\n  metricPipelines[0].name: is missing.<{%reset%}>",
      ),
      diagnostic("preview failed"),
    );
    assert.deepEqual(failedEnding(said, "code 255"), {
      outcome: "refused",
      message: "Invalid pipeline configuration (1 problem)\n  metricPipelines[0].name: is missing.",
    });
    assert.equal(failedEnding(heard(diagnostic("Invalid stack configuration\n  a: b")), "").outcome, "refused");
  });

  it("has failed when the cluster did not answer, also where that is told as a finding", () => {
    const told = (problem: "forbidden" | "missing" | "unreachable"): string => {
      const reference = { kind: "secretKeyRef", namespace: "shop", name: "x", key: "k" } as const;
      const { findings } = resolveReferences([{ path: "a", reference }], () => [{ problem, detail: "refused" }]);
      return failedEnding(heard(diagnostic(new PipelineConfigError(findings).message)), "").outcome;
    };
    assert.equal(told("unreachable"), "failed");
    assert.deepEqual([told("missing"), told("forbidden")], ["refused", "refused"]);
    assert.equal(failedEnding(heard(diagnostic("connection refused")), "").outcome, "failed");
  });

  it("has the last line of what was thrown when the engine itself said nothing", () => {
    assert.deepEqual(failedEnding(heard(diagnostic("a warning", "warning")), "x\nerror: no pulumi\n"), {
      outcome: "failed",
      message: "error: no pulumi",
    });
  });

  it("counts resources that were touched", () => {
    const said = heard(event({ summaryEvent: { resourceChanges: { same: 12, update: 2, create: 1 } } }));
    assert.equal(changedResources(said), 3);
  });

  it("counts nothing of what a preview only plans", () => {
    const said = heard(event({ summaryEvent: { isPreview: true, resourceChanges: { same: 12, create: 1 } } }));
    assert.equal(changedResources(said), 0);
  });

  it("leaves objects as they were only when it was refused before it changed any", () => {
    assert.equal(mayHaveChanged({ outcome: "refused", changes: 0 }), false);
    for (const [outcome, changes] of [
      ["refused", 1],
      ["wentBack", 0],
      ["failed", 0],
    ] as const) {
      assert.equal(mayHaveChanged({ outcome, changes }), true, outcome);
    }
  });
});
