import assert from "node:assert/strict";
import { flowTargets, type ServedBy } from "../../../components/proof/flow-targets";
import { parsePipelines } from "../../../components/settings";

const collector = (kind: ServedBy["kind"], name: string, inputs: ServedBy["inputs"]): ServedBy => ({
  kind,
  workload: "DaemonSet",
  name,
  served: [],
  memoryLimit: 1,
  revision: "r",
  inputs,
});

describe("what there is to be verified", () => {
  it("says of each collector what it logs, and how often it asks a kubelet", () => {
    const written = {
      metricPipelines: [{ name: "a", output: { otlp: { endpoint: { value: "a.example.com:4317" } } } }],
      gateway: { logLevel: "error" },
      metric: { runtime: { collectionInterval: "90s" } },
    };
    const { pipelines, settings } = parsePipelines(written, { now: new Date(), telemetryNamespace: "telemetry" });
    const collectors = [
      collector("gateway", "gateway", undefined),
      collector("agent", "nodes", ["prometheus", "kubelet"]),
      collector("agent", "api-server", ["api-server"]),
    ];
    const told = flowTargets("telemetry", pipelines, collectors, settings).collectors;
    assert.deepEqual(
      told.map(({ name, logLevel, kubeletInterval }) => [name, logLevel, kubeletInterval]),
      [
        ["gateway", "error", undefined],
        ["nodes", "info", 90],
        ["api-server", "info", undefined],
      ],
    );
  });
});
