import assert from "node:assert/strict";
import { formatFinding } from "../../../components/pipelines";
import { mostBytes, sizeFindings } from "../../../components/validation/size";
import { parse } from "../pipelines/helpers";

const output = { otlp: { endpoint: { value: "backend:4317" } } };
const { pipelines } = parse({
  logPipelines: [
    { name: "a", output },
    { name: "b", output, filter: [{ conditions: ['log.body == "long"'] }] },
  ],
});

describe("a configuration that no ConfigMap holds", () => {
  it("is refused before anything is made, at the pipeline that has most of it", () => {
    assert.deepEqual(sizeFindings(["", "x".repeat(mostBytes + 1)], pipelines).map(formatFinding), [
      "logPipelines[1]: is the longest part of a collector configuration of 1048577 bytes, and a ConfigMap holds 1048576. Shorten its transforms and filters.",
    ]);
  });

  it("begins behind the last byte that one holds, and letters may have several", () => {
    assert.deepEqual(sizeFindings(["x".repeat(mostBytes)], pipelines), []);
    assert.equal(sizeFindings(["ä".repeat(mostBytes / 2 + 1)], pipelines).length, 1);
  });
});
