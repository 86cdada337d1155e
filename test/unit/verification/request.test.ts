import assert from "node:assert/strict";
import { flowTargets } from "../../../components/proof/flow-targets";
import { pipelineModels, planCollectors } from "../../../components/plan";
import { parsePipelines } from "../../../components/settings";

describe("the targets of a verification", () => {
  it("have the log level and the kubelet interval of each collector, and the retry time of each pipeline", () => {
    const on = { enabled: true };
    const output = {
      otlp: { endpoint: { value: "a.example.com:4317" }, retry: { maxElapsedTime: "1m30s" }, queue: { size: "64Mi" } },
    };
    const written = {
      metricPipelines: [{ name: "a", input: { prometheus: on, runtime: on, apiServer: on }, output }],
      gateway: { logLevel: "error" },
      metric: { runtime: { collectionInterval: "90s" } },
    };
    const { pipelines, settings } = parsePipelines(written, { now: new Date(), telemetryNamespace: "telemetry" });
    const models = pipelineModels(pipelines);
    const plans = planCollectors(models, settings, { mesh: false, namespace: "telemetry" });
    const { collectors, pipelines: targets } = flowTargets("telemetry", models, plans);
    assert.deepEqual(
      collectors.map(({ name, logLevel, inputs, kubeletInterval }) => [name, logLevel, inputs, kubeletInterval]),
      [
        ["telemetry-otlp-gateway", "error", undefined, undefined],
        ["telemetry-metric-agent", "info", ["prometheus", "kubelet"], 90],
        ["telemetry-metric-agent-cluster", "info", undefined, undefined],
        ["telemetry-metric-agent-apiserver", "info", ["api-server"], undefined],
      ],
    );
    assert.deepEqual(
      targets.map(({ name, retrySeconds, ownQueue }) => [name, retrySeconds, ownQueue]),
      [["a", 90, true]],
    );
  });
});
