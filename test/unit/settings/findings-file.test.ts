import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { findingsFileVariable } from "../../../components/contract";
import { PipelineConfigError } from "../../../components/config-error";
import { error, readFindings, recordFindings } from "../../../components/schema";
import { parsePipelines, readConfiguration } from "../../../components/settings";

const expired = error("metricPipelines[0].output.otlp.tls.ca", "expired", "Renew it", "CertificateExpired");
const missing = error("metricPipelines[0].name", "is missing", "Write it");

describe("the findings that a program records for the manager", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "findings-"));
    file = join(folder, "findings.jsonl");
    process.env[findingsFileVariable] = file;
  });
  afterEach(() => {
    delete process.env[findingsFileVariable];
    pulumi.runtime.setAllConfig({});
    rmSync(folder, { recursive: true, force: true });
  });

  it("are the findings of each error, with their codes and each once", () => {
    void new PipelineConfigError([missing]);
    void new PipelineConfigError([expired, missing]);
    assert.deepEqual(readFindings(file), [missing, expired]);
  });

  it("are about pipelines and about the stack's configuration", () => {
    assert.throws(() => parsePipelines({ metricPipelines: [{ name: "a" }] }, { now: new Date(0) }));
    pulumi.runtime.setAllConfig({ "telemetry:metricPipeline": "[]" });
    assert.throws(() => readConfiguration());
    assert.deepEqual(
      readFindings(file).map(({ path }) => path),
      ["metricPipelines[0].output", "telemetry:metricPipeline"],
    );
  });

  it("are empty if nothing was recorded, no file is named, or the file cannot be written", () => {
    assert.deepEqual(readFindings(file), []);
    recordFindings([missing], {});
    recordFindings([missing], { [findingsFileVariable]: join(folder, "nowhere", "file") });
    assert.deepEqual(readFindings(file), []);
  });

  it("are empty if the file has other content", () => {
    writeFileSync(file, "not JSON\n");
    assert.deepEqual(readFindings(file), []);
  });
});
