import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DevelopmentBackend, SampleApplication } from "../../../components/development";
import { Telemetry, type TelemetryArgs } from "../../../components/telemetry";
import { managerSettingsSchema, TelemetryManager } from "../../../manager/deployment";
import { recordResources } from "../helpers/pulumi";

const everything: TelemetryArgs = {
  metricPipelines: [
    {
      name: "backend",
      input: { otlp: { enabled: true }, runtime: { enabled: true }, apiServer: { enabled: true } },
      output: {
        otlp: {
          endpoint: { value: "https://backend.example.com:4317" },
          headers: [{ name: "x-api-key", value: "key" }],
        },
      },
    },
  ],
  gateway: { legacyServices: true },
  monitoring: { mode: "off", dashboard: "on" },
};

/** Makes components, then returns each Kubernetes object with its annotations. */
async function objects(make: () => void): Promise<[string, unknown][]> {
  const registered = recordResources();
  make();
  await pulumi.runtime.disconnect();
  return registered
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, inputs }) => [type, (inputs.metadata as { annotations?: unknown }).annotations]);
}

/*
 * Another field manager may own a field that the program sets: after `kubectl patch`, or after an update that was killed
 * while it created the object. Without the annotation, every later update ends with a conflict.
 */
describe("fields that others have changed", () => {
  const force = { "pulumi.com/patchForce": "true" };
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fields-"));
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const manager = (): void => {
    const settings = { stack: "prod", image: "registry.example.com/manager:1", folder };
    new TelemetryManager("manager", { settings: managerSettingsSchema.parse(settings) });
  };
  const components: Record<string, { make: () => void; least: number }> = {
    Telemetry: { make: () => void new Telemetry("telemetry", everything), least: 30 },
    TelemetryManager: { make: manager, least: 8 },
    DevelopmentBackend: { make: () => void new DevelopmentBackend("backend", {}), least: 4 },
    SampleApplication: { make: () => void new SampleApplication("sample", { endpoint: "a:4317" }), least: 2 },
  };
  for (const [name, { make, least }] of Object.entries(components)) {
    it(`are restored in all objects of ${name}`, async () => {
      const all = await objects(make);
      assert.ok(all.length >= least, `${all.length} objects`);
      for (const [type, annotations] of all)
        assert.deepEqual({ ...force, ...(annotations as object) }, annotations, type);
    });
  }
});
