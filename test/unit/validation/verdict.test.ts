import assert from "node:assert/strict";
import { formatFinding } from "../../../components/schema";
import { pipelineModels } from "../../../components/plan";
import { placesIn } from "../../../components/validation/places";
import { probeConfiguration, probesOf } from "../../../components/validation/probes";
import { findingsIn, wantsProbes } from "../../../components/validation/collector-findings";
import { configurationOf, readPipelines, refused, refusedFindings } from "./refused";

const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
const version = "0.161.0";

describe("the collector's message about a configuration", () => {
  const pipelines = refused.pipelines();
  const places = placesIn(configurationOf(pipelines), pipelineModels(pipelines));

  it("is reported by pipeline and field, all faults together, without the user's text", () => {
    for (const hadCredentials of [false, true]) {
      const findings = findingsIn({ said: refused.said, probed: refused.probed, version, hadCredentials }, places);
      assert.deepEqual(findings.map(formatFinding), refusedFindings);
    }
  });

  it("leads to a second run, text by text, only for faults in OTTL", () => {
    assert.equal(wantsProbes(refused.said, places), true);
    assert.equal(
      wantsProbes("Error: exporters::otlp_grpc/metrics-good: requires a non-empty `endpoint`", places),
      false,
    );
    assert.equal(wantsProbes("Error: failed to get config: cannot resolve the configuration", places), false);
  });

  it("links to the documentation of the collector's version, and of the newest one if the image names no patch", () => {
    const ofVersion = (known?: string): string =>
      findingsIn({ said: refused.said, version: known, hadCredentials: true }, places)
        .map(({ remedy }) => remedy)
        .join("\n");
    assert.match(ofVersion(version), /\/tree\/v0\.161\.0\/pkg\/ottl/);
    for (const known of [undefined, "0.161"]) {
      assert.match(ofVersion(known), /\/tree\/main\/pkg\/ottl/);
      assert.doesNotMatch(ofVersion(known), /\/tree\/v/);
    }
  });

  it("is reported by the processor if the probes give no answer", () => {
    const findings = findingsIn({ said: refused.said, version, hadCredentials: true }, places);
    assert.equal(findings.length, 15);
    assert.match(
      findings.map(formatFinding).join("\n"),
      /^metricPipelines\[5\]\.filter: is refused by the collector: segment "nam" from path "metric\.nam"/m,
    );
  });

  it("is not reported for a text that fails only without the other texts of its entry", () => {
    const [condition, statement, other] = ['metric.name == "x"', "convert_sum_to_gauge()", 'set(metric.nme, "y")'];
    const pipelines = readPipelines({
      metricPipelines: [
        { name: "a", transform: [{ conditions: [condition], statements: [statement, other] }], output },
      ],
    });
    const unknown = `segment "nme" from path "metric.nme" is not a valid path nor a valid OTTL keyword for the metric context`;
    const said = (id: string): string => `processors::transform/${id}: ${unknown}`;
    const alone = `processors::transform/0-statement-0: unable to infer context from statements ["resource" "scope" "metric" "datapoint"] and conditions ["${statement}"], path's first segment must be a valid context name [], and at least one context must be capable of parsing all statements`;
    const answers = {
      said: `Error: ${said("user-metrics-a")}`,
      probed: `Error: ${said("0-whole")}\n${alone}\n${said("0-statement-1")}`,
      hadCredentials: false,
    };
    assert.deepEqual(
      findingsIn(answers, placesIn(configurationOf(pipelines), pipelineModels(pipelines))).map(({ path }) => path),
      ["metricPipelines[0].transform[0].statements[1]"],
    );
  });

  it("is reported by the pipeline's output, and is not repeated if the collector could quote credentials", () => {
    const said =
      'Error: exporters::otlp_grpc/metrics-good: invalid headers: "pass:word"\nextensions::basicauth/traces-x: pass';
    const told = (hadCredentials: boolean): string[] =>
      findingsIn({ said, version, hadCredentials }, places).map(formatFinding);
    assert.deepEqual(told(false), [
      "configuration: results in the component basicauth/traces-x, which the collector refuses: pass. Correct the setting that causes this.",
      'metricPipelines[0].output.otlp: is refused by the collector: invalid headers: "pass:word". Correct it.',
    ]);
    assert.deepEqual(told(true), [
      "configuration: results in the component basicauth/traces-x, which the collector refuses, in words that are not shown because they may quote a credential. A collector on this machine shows them: put it on PATH and run a preview.",
      "metricPipelines[0].output.otlp: is refused by the collector, in words that are not shown because they may quote a credential. A collector on this machine shows them: put it on PATH and run a preview.",
    ]);
  });

  it("is not repeated if the configuration could not be read, whatever its form", () => {
    const said = `Error: failed to get config: cannot unmarshal: 'processors' error reading configuration for "filter/user-metrics-path": pass`;
    const [finding] = findingsIn({ said, version, hadCredentials: true }, places);
    assert.ok(finding && !formatFinding(finding).includes("pass"));
  });
});

describe("places", () => {
  it("belong to the pipelines in the configuration and in files", () => {
    const pipelines = readPipelines({
      metricPipelines: [
        { name: "a", transform: [{ conditions: ["metric.x"], statements: ["set(metric.x, 1)"] }], output },
        { name: "a.b", input: { otlp: { namespaces: { include: ["x"] } } }, output },
        { name: "elsewhere", input: { otlp: { enabled: false }, runtime: { enabled: true } }, output },
      ],
    });
    const { components, entries } = placesIn(
      "transform/user-metrics-a:\nfilter/namespaces-metrics-a.b:\notlp_grpc/metrics-a:\notlp_grpc/metrics-a.b:\n",
      pipelineModels(pipelines),
    );
    assert.deepEqual(components, {
      "transform/user-metrics-a": "metricPipelines[0].transform",
      "otlp_grpc/metrics-a": "metricPipelines[0].output.otlp",
      "filter/namespaces-metrics-a.b": "metricPipelines[1].input.otlp.namespaces",
      "otlp_grpc/metrics-a.b": "metricPipelines[1].output.otlp",
    });
    assert.deepEqual(entries, [
      {
        use: "transform",
        signal: "metrics",
        path: "metricPipelines[0].transform[0]",
        component: "transform/user-metrics-a",
        conditions: [{ path: "metricPipelines[0].transform[0].conditions[0]", text: "metric.x" }],
        statements: [{ path: "metricPipelines[0].transform[0].statements[0]", text: "set(metric.x, 1)" }],
      },
    ]);
  });
});

describe("probes", () => {
  it("are one processor for each entry and each text, which can read no file or variable of the collector", () => {
    const pipelines = readPipelines({
      tracePipelines: [
        { name: "a", filter: [{ conditions: ['span.name == "${env:HOME}"', "span.kind == 1"] }], output },
      ],
    });
    const places = placesIn(configurationOf(pipelines), pipelineModels(pipelines));
    const { processors } = JSON.parse(probeConfiguration(places)) as { processors: unknown };
    const of = (...conditions: string[]) => ({ error_mode: "ignore", trace_conditions: [{ conditions }] });
    assert.deepEqual(processors, {
      "filter/0-whole": of('span.name == "$${env:HOME}"', "span.kind == 1"),
      "filter/0-condition-0": of('span.name == "$${env:HOME}"'),
      "filter/0-condition-1": of("span.kind == 1"),
    });
    assert.deepEqual(
      probesOf(places).map(({ path }) => path),
      [
        "tracePipelines[0].filter[0]",
        "tracePipelines[0].filter[0].conditions[0]",
        "tracePipelines[0].filter[0].conditions[1]",
      ],
    );
  });
});
