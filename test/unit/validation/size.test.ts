import assert from "node:assert/strict";
import { formatFinding } from "../../../components/schema";
import { renderYaml } from "../../../components/collector";
import { mostObjectBytes } from "../../../components/contract";
import { credentialsFindings } from "../../../components/credentials/secret-size";
import { pipelineModels } from "../../../components/plan";
import { sizeFindings } from "../../../components/validation/config-map-size";
import { plan, stack, withEndpoint } from "../helpers/monitors";
import { parse } from "../settings/helpers";

const output = { otlp: { endpoint: { value: "backend:4317" } } };
const { pipelines: parsed } = parse({
  logPipelines: [
    { name: "a", output },
    { name: "b", output, filter: [{ conditions: ['log.body == "long"'] }] },
  ],
});
const pipelines = pipelineModels(parsed);

describe("a configuration that no ConfigMap holds", () => {
  it("is refused before anything is made, at the pipeline that has most of it", () => {
    assert.deepEqual(sizeFindings(["", "x".repeat(mostObjectBytes + 1)], pipelines).map(formatFinding), [
      "logPipelines[1]: has the longest transforms and filters in a collector configuration of 1048577 bytes, and a ConfigMap holds 1048576. Shorten them.",
    ]);
  });

  it("is refused with all its pipelines where transforms and filters are not the reason", () => {
    const own = "in a collector configuration of 1049576 bytes, and a ConfigMap holds 1048576.";
    const text = ["x".repeat(mostObjectBytes + 1000)];
    assert.deepEqual(sizeFindings(text, pipelines).map(formatFinding), [
      `logPipelines: is the longest list of pipelines ${own} Serve some of the pipelines by another stack.`,
    ]);
    const [first] = pipelines;
    const condition = `log.body == "${"y".repeat(600)}"`;
    const { pipelines: some } = parse({
      logPipelines: ["a", "b"].map((name) => ({ name, output, filter: [{ conditions: [condition] }] })),
    });
    assert.equal(first?.filter.length, 0);
    assert.deepEqual(sizeFindings(text, pipelineModels(some)).map(formatFinding), [
      `logPipelines[0]: has the longest transforms and filters ${own} Shorten them, and those of other pipelines.`,
    ]);
  });

  it("is refused with its monitors, and the namespaces whose endpoints take the most bytes, where these take the most", () => {
    const parsedStack = stack();
    const monitors = Array.from({ length: 4 }, (_, i) => ({
      ...withEndpoint("PodMonitor"),
      name: `orders-${i}`,
      namespace: ["shop", "shop", "stock", "a"][i] ?? "",
    }));
    const podTargetLabels = Array.from({ length: 100 }, (_, i) => `label${i}`);
    const large = { ...withEndpoint("PodMonitor", {}, { podTargetLabels }), namespace: "large" };
    const { jobs } = plan(parsedStack, [...monitors, large]);
    const found = sizeFindings(["x".repeat(mostObjectBytes + 1)], pipelineModels(parsedStack.pipelines), jobs);
    assert.deepEqual(found.map(formatFinding), [
      "metricPipelines[0].input.prometheusOperator: selects monitors with 5 endpoints, the largest in large (1, 17 KiB), " +
        "shop (2, 7 KiB), stock (1, 4 KiB), in a collector configuration of 1048577 bytes, and a ConfigMap holds 1048576. " +
        "Select fewer monitors, by namespaces or labelSelector, or serve some of them by another stack.",
    ]);
  });

  it("is refused if it fits only with more aliases than the collector reads", () => {
    const parsedStack = stack();
    const rules = Array.from({ length: 200 }, (_, i) => ({
      sourceLabels: ["__name__"],
      regex: `container_metric_${i}_(total|sum)`,
      action: "drop",
    }));
    const { jobs } = plan(parsedStack, [withEndpoint("ServiceMonitor", { metricRelabelings: rules })]);
    const [first] = jobs;
    assert.ok(first);
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...first, config: { ...first.config, job_name: `job-${i}` } }));
    const found = (count: number): string[] => {
      const text = renderYaml({ scrape_configs: many(count).map(({ config }) => config) });
      assert.ok(Buffer.byteLength(text) < mostObjectBytes / 4 && /\*a\d/.test(text));
      return sizeFindings([text], pipelineModels(parsedStack.pipelines), many(count)).map((finding) =>
        formatFinding(finding).replace(/stand for \d{6} values/, "stand for … values"),
      );
    };
    assert.deepEqual(found(150), []);
    assert.deepEqual(found(250), [
      "metricPipelines[0].input.prometheusOperator: selects monitors with 250 endpoints, the largest in shop (250, 5263 KiB), in a " +
        "collector configuration whose equal parts stand for … values, more than the collector reads. " +
        "Select fewer monitors, by namespaces or labelSelector, or serve some of them by another stack.",
    ]);
  });

  it("is one byte longer than a ConfigMap holds, and letters may have several bytes", () => {
    assert.deepEqual(sizeFindings(["x".repeat(mostObjectBytes)], pipelines), []);
    assert.equal(sizeFindings(["ä".repeat(mostObjectBytes / 2 + 1)], pipelines).length, 1);
  });
});

describe("credentials that no Secret holds", () => {
  const ca = { path: "logPipelines[0].output.otlp.tls.ca", bytes: mostObjectBytes };
  const header = { path: "logPipelines[0].output.otlp.headers[1]", bytes: 3 };
  const told = (total: number, values: (typeof header)[]): string[] =>
    credentialsFindings(total, values).map(formatFinding);

  it("are refused at the longest value", () => {
    assert.deepEqual(told(mostObjectBytes + 5, [header, ca]), [
      `${ca.path}: is 1048576 bytes long, the credentials of all pipelines together 1048581, and a Secret holds 1048576. Keep only the authorities that the backend needs.`,
    ]);
    assert.deepEqual(told(mostObjectBytes + 5, [header]), [
      `${header.path}: is 3 bytes long, the credentials of all pipelines together 1048581, and a Secret holds 1048576. Shorten it, or serve some of the pipelines by another stack.`,
    ]);
  });

  it("are one byte longer than a Secret holds", () => {
    assert.deepEqual(told(mostObjectBytes, [ca]), []);
    assert.deepEqual(told(0, []), []);
  });
});
