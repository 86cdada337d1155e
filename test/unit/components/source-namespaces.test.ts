import assert from "node:assert/strict";
import { sourceFindings, sourceNames, type ClusterFacts } from "../../../components/cluster-facts";
import { formatFinding } from "../../../components/schema";
import { parse } from "../settings/helpers";

const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
const chosen = (...include: readonly string[]): object => ({ enabled: true, namespaces: { include } });

const { pipelines } = parse({
  metricPipelines: [
    {
      name: "pulled",
      input: {
        otlp: { enabled: false, namespaces: { include: ["not-taken"] } },
        runtime: chosen("shpo", "bank"),
        prometheus: chosen("shop"),
        prometheusOperator: chosen("bnak"),
        istio: { enabled: false, namespaces: { include: ["not-taken"] } },
      },
      output,
    },
    { name: "all", input: { runtime: { enabled: true, namespaces: { exclude: ["gone"] } } }, output },
  ],
  logPipelines: [{ name: "read", input: { otlp: chosen("bank"), runtime: chosen("shpo") }, output }],
});

describe("A namespace from which a pipeline takes data by its name", () => {
  const lines = (missingSources: readonly string[]): string[] =>
    sourceFindings(pipelines, (): ClusterFacts => ({ groups: [], operatorKinds: [], missingSources }))
      .map(formatFinding)
      .sort();

  it("is looked for, once", () => {
    assert.deepEqual(sourceNames(pipelines).sort(), ["bank", "bnak", "shop", "shpo"]);
  });

  it("is named with its place if the cluster does not have it", () => {
    const remedy = "Correct the name. If the namespace is created later, nothing else needs to change.";
    assert.deepEqual(lines(["shpo", "bnak"]), [
      `logPipelines[0].input.runtime.namespaces.include: has shpo, and the cluster has no such namespace. ${remedy}`,
      `metricPipelines[0].input.prometheusOperator.namespaces.include: has bnak, and the cluster has no such namespace. ${remedy}`,
      `metricPipelines[0].input.runtime.namespaces.include: has shpo, and the cluster has no such namespace. ${remedy}`,
    ]);
  });

  it("is not named if it is there, or if the cluster does not answer", () => {
    assert.deepEqual(lines([]), []);
    const silent = (): ClusterFacts => {
      throw new Error("no route");
    };
    assert.deepEqual(sourceFindings(pipelines, silent), []);
  });
});
