import assert from "node:assert/strict";
import { formatFinding } from "../../../components/pipelines";
import { unknownKeys, writtenSettings } from "../../../components/configuration";

describe("the stack's configuration", () => {
  it("is read by key, and what is no JSON is left to be found wrong where its place is known", () => {
    const all = {
      "telemetry:metricPipelines": '[{"name":"a"}]',
      "telemetry:gateway": "hunter2",
      "telemetry:protect": "true",
      "telemetry:agent": "",
      "kubernetes:context": "other",
    };
    assert.deepEqual(writtenSettings(all, "telemetry"), {
      metricPipelines: [{ name: "a" }],
      gateway: "hunter2",
      agent: undefined,
      protect: true,
    });
  });

  it("takes a namespace for text, whatever it is made of", () => {
    assert.deepEqual(writtenSettings({ "telemetry:namespace": "123" }, "telemetry"), { namespace: "123" });
  });

  it("has no key that nothing reads: the one that was meant is named, or all that there are", () => {
    assert.deepEqual(
      unknownKeys(["metricPipelines", "metricPipeline", "tracepipelines", "colour", "hunter2 is secret"]).map(
        formatFinding,
      ),
      [
        "telemetry:metricPipeline: is no setting. Did you mean `telemetry:metricPipelines`?",
        "telemetry:tracepipelines: is no setting. Did you mean `telemetry:tracePipelines`?",
        "telemetry:colour: is no setting. Settings are namespace, protect, metricPipelines, tracePipelines, logPipelines, pipelineFiles, metric, enrichments, istio, gateway, agent, validation, verification, monitoring, development, manager.",
        "telemetry:[?]: is no setting. Settings are namespace, protect, metricPipelines, tracePipelines, logPipelines, pipelineFiles, metric, enrichments, istio, gateway, agent, validation, verification, monitoring, development, manager.",
      ],
    );
  });
});
