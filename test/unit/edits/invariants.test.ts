import assert from "node:assert/strict";
import { crashesIn, faultsOfRefusal } from "../../edits/support/invariants";
import { changesBetween, differences, expectedOf } from "../../edits/support/running";
import type { PlacedPipeline } from "../../edits/support/scene";

describe("the judgement of random edits", () => {
  it("accepts a refusal that names the place and the remedy", () => {
    const output =
      "error: Invalid pipeline configuration\n  metricPipelines[0].name: is missing. For example: backend.\n";
    assert.deepEqual(faultsOfRefusal(output, "metricPipelines[0]"), []);
    const typed = "error: Stack 'e2e' with configuration key 'telemetry:protect' must be of type 'boolean'";
    assert.deepEqual(faultsOfRefusal(typed, "telemetry:protect"), []);
  });

  it("finds a refusal without a remedy, or with another place", () => {
    assert.equal(faultsOfRefusal("error: something is wrong", "metric").length, 1);
    assert.equal(faultsOfRefusal("  gateway.image: is not an image name. For example: a.", "agent").length, 1);
    assert.equal(faultsOfRefusal("  gateway.image: is not an image name", "gateway").length, 1);
  });

  it("finds crashes and credentials, also encoded ones", () => {
    for (const crash of [
      "    at parse (/srv/index.ts:5:3)",
      "TypeError: x is not a function",
      "panic: runtime error",
      "error: Running program '/a' failed with an unhandled exception:",
    ]) {
      assert.equal(crashesIn(crash).length > 0, true, crash);
    }
    const encoded = Buffer.from("hunter2-plain, and more of it").toString("base64");
    const refusal = "  gateway.image: is not an image name. For example: a.";
    assert.equal(faultsOfRefusal(`${refusal} hunter2-plain`, "gateway").length > 0, true);
    assert.equal(faultsOfRefusal(`${refusal} ${encoded}`, "gateway").length > 0, true);
  });

  it("finds a pipeline that runs with other settings than the written ones", () => {
    const placed: PlacedPipeline[] = [
      {
        signal: "trace",
        path: ["tracePipelines", 0],
        pipeline: {
          name: "a",
          filter: [{ conditions: ['span.name == "$"'] }],
          output: { otlp: { endpoint: { value: "backend:4317" } } },
        },
      },
    ];
    const [expected] = expectedOf(placed);
    assert.ok(expected);
    const configuration = (endpoint: string, condition: string, compression = "none"): string =>
      JSON.stringify({
        exporters: { e: { endpoint, compression } },
        processors: { f: { trace_conditions: [condition] } },
        service: { pipelines: { "traces/pipeline-a": { exporters: ["e"], processors: ["f"] } } },
      });
    assert.deepEqual(differences(expected, configuration("backend:4317", 'span.name == "$$"')), []);
    assert.equal(differences(expected, configuration("other:4317", 'span.name == "$"')).length, 2);
    assert.equal(differences(expected, configuration("backend:4317", 'span.name == "$$"', "gzip")).length, 1);
    const none = JSON.stringify({
      exporters: {},
      processors: {},
      service: { pipelines: { "logs/pipeline-b": { exporters: ["e"] } } },
    });
    assert.equal(differences(expected, none).length > 1, true);
  });

  it("finds each object that changed", () => {
    assert.deepEqual(changesBetween({ a: "1", b: "1", c: "1" }, { b: "2", c: "1", d: "1" }), [
      "a is gone",
      "b changed",
      "d is new",
    ]);
  });
});
