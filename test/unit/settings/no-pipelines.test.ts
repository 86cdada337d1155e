import assert from "node:assert/strict";
import { PipelineConfigError } from "../../../components/config-error";
import { formatFinding } from "../../../components/schema";
import { parsePipelines, type RawConfiguration } from "../../../components/settings";
import { metric, now } from "./helpers";

function lines(raw: RawConfiguration, files: Readonly<Record<string, string>> = {}): string[] {
  try {
    parsePipelines({ ...raw, pipelineFiles: Object.keys(files) }, { now, readFile: (path) => files[path] ?? "" });
    return [];
  } catch (error) {
    if (!(error instanceof PipelineConfigError)) throw error;
    return error.findings.map(formatFinding);
  }
}

const none =
  "configuration: has no pipelines, so the update would remove gateway and agent. Write one, such as metricPipelines: [{ name: backend, output: { otlp: { endpoint: { value: https://backend.example.com:4317 } } } }]. To remove the stack, run pulumi destroy. To keep it without pipelines, set allowNoPipelines: true.";
const remedy = "Write a MetricPipeline, TracePipeline or LogPipeline in it, or remove it from pipelineFiles.";

/* An update without pipelines deletes the gateway and its Service, so every pod of the cluster loses its telemetry. */
describe("A configuration without pipelines", () => {
  it("is rejected, also where a list of them is empty", () => {
    assert.deepEqual(lines({}), [none]);
    assert.deepEqual(lines({ metricPipelines: [] }), [none]);
    assert.deepEqual(lines({ allowNoPipelines: false, tracePipelines: [] }), [none]);
  });

  it("is accepted with allowNoPipelines", () => {
    assert.deepEqual(lines({ allowNoPipelines: true, metricPipelines: [] }), []);
  });

  it("is not reported beside pipelines that have other faults", () => {
    assert.deepEqual(lines({ metricPipelines: [metric({ name: 5 })] }), [
      "metricPipelines[0].name: must be text, not a number. Put it in quotes.",
    ]);
  });
});

describe("A file without pipelines", () => {
  for (const [name, text, problem] of [
    ["of 0 bytes", "", "is empty"],
    ["of white space", " \n\n", "is empty"],
    ["of comments", "# shop\n---\n# cart\n", "has no pipeline"],
    ["with an empty list", "apiVersion: v1\nkind: List\nitems: []\n", "has no pipeline"],
  ] as const) {
    it(`is rejected by its path: ${name}`, () => {
      const expected = [`pipelines/shop.yaml: ${problem}. ${remedy}`];
      assert.deepEqual(lines({}, { "pipelines/shop.yaml": text }), expected);
      assert.deepEqual(lines({ metricPipelines: [metric()] }, { "pipelines/shop.yaml": text }), expected);
      assert.deepEqual(lines({ allowNoPipelines: true }, { "pipelines/shop.yaml": text }), expected);
    });
  }
});
