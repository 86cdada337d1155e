import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { pipelineModels } from "../../../components/plan";
import { formatFinding } from "../../../components/schema";
import { findingsIn } from "../../../components/validation/collector-findings";
import { placesIn } from "../../../components/validation/places";
import { configurationOf, readPipelines } from "./refused";

const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
const statement = 'set(span.attributes["key"], Hunter2("correct horse"))';
const pipelines = readPipelines({
  tracePipelines: [{ name: "a", transform: [{ statements: [statement] }], output }],
});
const quoting = [
  'unexpected token "Hunter2" (expected ")")',
  "undefined function Hunter2 near correct",
  `statement "${statement.replaceAll('"', '\\"')}" is wrong`,
];
const said = (cause: string): string => `Error: processors::transform/user-traces-a: ${cause}`;
const told = (cause: string): string[] =>
  findingsIn(
    { said: said(cause), hadCredentials: false },
    placesIn(configurationOf(pipelines), pipelineModels(pipelines)),
  ).map(formatFinding);
const line = (cause: string, page = ""): string =>
  `tracePipelines[0].transform: is refused by the collector: ${cause}. See https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/ottl${page}.`;

describe("A text of OTTL that was set with --secret", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  it("is never repeated, whatever the collector quotes of it", () => {
    pulumi.runtime.setAllConfig({ "telemetry:tracePipelines": "[]" }, ["telemetry:tracePipelines"]);
    assert.deepEqual(quoting.flatMap(told), [
      line('unexpected token "…" (expected "…")'),
      line("undefined function … near …", "/ottlfuncs"),
      line('statement "…" is wrong'),
    ]);
    const { path, isSecret } = placesIn(configurationOf(pipelines), pipelineModels(pipelines)).entries[0]!;
    assert.deepEqual([path, isSecret], ["tracePipelines[0].transform[0]", true]);
    const whole = findingsIn(
      { said: `Error: cannot read ${statement}`, hadCredentials: false },
      placesIn(configurationOf(pipelines), pipelineModels(pipelines)),
    ).map(formatFinding);
    assert.deepEqual(whole, [
      'configuration: results in a collector configuration that the collector refuses: cannot read set(span.attributes["…"], …("…")). Correct the setting that causes this.',
    ]);
  });

  it("leaves messages about other settings as they are", () => {
    pulumi.runtime.setAllConfig({ "telemetry:metricPipelines": "[]" }, ["telemetry:metricPipelines"]);
    assert.deepEqual(told(quoting[0]!), [line('unexpected token "Hunter2" (expected ")")')]);
  });
});
