import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { clusterFindings, type ClusterFacts } from "../../../components/cluster-facts";
import { resolveReferences } from "../../../components/credentials/source-secrets";
import { error } from "../../../components/schema";
import { parsePipelines, type MonitoringSettings } from "../../../components/settings";
import { addEvent, changedResources, emptyReport, failureOf, mayHaveChanged } from "../../../manager/engine-report";

const event = (parts: object): EngineEvent => ({ sequence: 1, timestamp: 1, ...parts });
const diagnostic = (message: string, severity = "error") =>
  event({ diagnosticEvent: { message, severity, color: "" } });
const violation = (enforcementLevel: string) =>
  event({ policyEvent: { policyName: "backend-tls", message: "<{%fg 1%}>use TLS<{%reset%}>", enforcementLevel } });
const reported = (...events: EngineEvent[]) => events.reduce(addEvent, emptyReport);
const finding = error("metricPipelines[0].name", "is missing", "Write it as backend");

describe("the outcome of an update", () => {
  it("is a refusal by a mandatory rule, with its name, and not by one that only advises", () => {
    assert.deepEqual(failureOf(reported(violation("mandatory"), violation("mandatory")), [], ""), {
      outcome: "refused",
      message: "backend-tls: use TLS",
    });
    assert.equal(failureOf(reported(violation("warning")), [], "code 255").outcome, "failed");
  });

  it("is a refusal by faults of the inputs, without the text that the engine adds", () => {
    const report = reported(
      diagnostic(
        "<{%reset%}>Invalid pipeline configuration (1 problem)\n  metricPipelines[0].name: is missing.<{%reset%}>",
      ),
      diagnostic("preview failed"),
    );
    assert.deepEqual(failureOf(report, [finding], "code 255"), {
      outcome: "refused",
      message: "Invalid pipeline configuration (1 problem)\n  metricPipelines[0].name: is missing.",
    });
  });

  it("is a failure if the cluster did not answer, also if that is a finding", () => {
    const told = (problem: "forbidden" | "missing" | "unreachable"): string => {
      const reference = { kind: "secretKeyRef", namespace: "shop", name: "x", key: "k" } as const;
      const { findings } = resolveReferences([{ path: "a", reference }], () => [{ problem, detail: "refused" }]);
      return failureOf(reported(diagnostic("an error")), findings, "").outcome;
    };
    assert.equal(told("unreachable"), "failed");
    assert.deepEqual([told("missing"), told("forbidden")], ["refused", "refused"]);
    assert.equal(failureOf(reported(diagnostic("connection refused")), [], "").outcome, "failed");
  });

  it("is a failure if the cluster does not fit, because it may change while the inputs stay: a refusal is never retried", () => {
    const { settings } = parsePipelines({ allowNoPipelines: true }, { now: new Date() });
    const fit = { groups: [], operatorKinds: ["PodMonitor", "PrometheusRule"], kubernetesMinor: 37 };
    const outcomes = (changes: Partial<ClusterFacts>, more: object = {}, isExisting = false): string[] => {
      const wanted = { name: "shop", stack: "telemetry/prod", isExisting, path: "namespace" };
      const placed = { ...settings, ...more };
      const findings = clusterFindings([wanted], placed, () => ({ ...fit, ...changes }), ["own"]);
      return findings.map((one) => failureOf(reported(diagnostic("an error")), [one], "").outcome);
    };
    const namespace = (facts: object): Partial<ClusterFacts> => ({
      namespaces: { shop: { status: "there", hasAccounts: false, ...facts } },
    });
    const on: MonitoringSettings = { ...settings.monitoring, mode: "on" };
    const named = (priorityClassName: string) => ({ agent: { ...settings.agent, priorityClassName } });
    assert.deepEqual(outcomes(namespace({ stack: "telemetry/prod", isTerminating: true })), ["failed"]);
    assert.deepEqual(outcomes(namespace({ stack: "telemetry/dev" })), ["failed"]);
    assert.deepEqual(outcomes(namespace({})), ["failed"]);
    assert.deepEqual(outcomes({ namespaces: { shop: { status: "missing" } } }, {}, true), ["failed"]);
    assert.deepEqual(outcomes({ kubernetesMinor: 29 }), ["failed"]);
    assert.deepEqual(outcomes({ operatorKinds: [] }, { monitoring: on }), ["failed"]);
    assert.deepEqual(outcomes({ missingPriorityClasses: ["high"] }, named("high")), ["failed"]);
    assert.deepEqual(outcomes({}, named("own")), ["refused"]);
    assert.deepEqual(outcomes(namespace({ stack: "telemetry/prod" }), {}, true), ["refused"]);
  });

  it("has the last line of the thrown error if the engine itself reported nothing", () => {
    assert.deepEqual(failureOf(reported(diagnostic("a warning", "warning")), [], "x\nerror: no pulumi\n"), {
      outcome: "failed",
      message: "error: no pulumi",
    });
  });

  it("counts resources that have changed", () => {
    const report = reported(event({ summaryEvent: { resourceChanges: { same: 12, update: 2, create: 1 } } }));
    assert.equal(changedResources(report), 3);
  });

  it("counts no change that a preview only plans", () => {
    const report = reported(event({ summaryEvent: { isPreview: true, resourceChanges: { same: 12, create: 1 } } }));
    assert.equal(changedResources(report), 0);
  });

  it("leaves all objects unchanged only if it is a refusal before the first change", () => {
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
