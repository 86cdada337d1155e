import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { goodOutput } from "../edits/support/good";
import { render } from "./render";

const file = join(__dirname, "files/random.txt");
const on = fc.boolean().map((enabled) => ({ enabled }));
const namespaces = fc.constantFrom({}, { include: ["shop", "a"] }, { exclude: ["b"] });
const pull = { enabled: fc.boolean(), namespaces };
const input = fc.record({
  otlp: fc.record(pull),
  prometheus: fc.record({ ...pull, diagnosticMetrics: on }),
  runtime: fc.record({
    ...pull,
    resources: fc.record({
      pod: on,
      container: on,
      node: on,
      volume: on,
      daemonset: on,
      deployment: on,
      statefulset: on,
      job: on,
    }),
    additionalMetrics: fc.subarray([
      "k8s.pod.uptime",
      "k8s.pod.cpu.node.utilization",
      "k8s.pod.volume.usage",
      "k8s.hpa.max_replicas",
    ]),
  }),
  istio: fc.record({ ...pull, diagnosticMetrics: on, envoyMetrics: on }),
  apiServer: on,
});
const temporality = fc.constantFrom("preserve", "delta");
const metric = fc
  .tuple(input, goodOutput, temporality)
  .map(([input, otlp, temporality]) => ({ input, output: { otlp: { ...otlp, temporality } } }));
const trace = goodOutput.map((otlp) => ({ output: { otlp } }));
const named = (pipelines: readonly object[]): object[] =>
  pipelines.map((pipeline, i) => ({ name: `p${i}`, ...pipeline }));
const configuration = fc.record({
  metricPipelines: fc.array(metric, { minLength: 1, maxLength: 3 }).map(named),
  tracePipelines: fc.array(trace, { maxLength: 3 }).map(named),
  logPipelines: fc.array(trace, { maxLength: 2 }).map(named),
  istio: fc.constantFrom({ mode: "on" }, { mode: "off" }),
});

describe("what is rendered for random configurations", () => {
  it("is as it was", async function () {
    this.timeout("120s");
    const hashes: string[] = [];
    for (const sample of fc.sample(configuration, { seed: 20261128, numRuns: 40 })) {
      hashes.push(
        createHash("sha256")
          .update(await render(sample))
          .digest("hex"),
      );
    }
    const text = `${hashes.join("\n")}\n`;
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(file, text);
    assert.equal(text, existsSync(file) ? readFileSync(file, "utf8") : "");
  });
});
