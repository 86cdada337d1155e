import assert from "node:assert/strict";
import { allRegistered, recordResources, valueOf } from "../helpers/pulumi";

const pipeline = {
  name: "backend",
  input: { runtime: { enabled: true } },
  output: {
    otlp: {
      endpoint: { value: "https://backend.example.com:4317" },
      headers: [{ name: "x-api-key", value: "key" }],
    },
  },
};

/** Returns the names of all resources that some components make, by type and name in Pulumi. */
async function resourcesOf(...telemetries: readonly [name: string, namespace: string][]): Promise<string[]> {
  const registered = recordResources();
  const { Telemetry } = await import("../../../components/telemetry");
  for (const [name, namespace] of telemetries) {
    const gateway = { legacyServices: true };
    const monitoring = { mode: "on" } as const;
    const { urn, endpoints } = new Telemetry(name, { namespace, metricPipelines: [pipeline], gateway, monitoring });
    await Promise.all([valueOf(urn), valueOf(endpoints)]);
  }
  await allRegistered();
  return registered.filter(({ type }) => !/^(telemetry|pulumi):/.test(type)).map(({ type, name }) => `${type} ${name}`);
}

describe("The names of resources", () => {
  it("differ in another namespace, so that going back after a failed update finds its objects unchanged", async () => {
    const [here, there] = [await resourcesOf(["telemetry", "telemetry"]), await resourcesOf(["telemetry", "obs"])];
    assert.equal(here.length, there.length);
    assert.deepEqual(
      here.filter((resource) => there.includes(resource)),
      [],
    );
  });

  it("differ for each `Telemetry` of a program", async () => {
    const all = await resourcesOf(["telemetry", "telemetry"], ["other", "telemetry"]);
    assert.deepEqual(
      all.filter((resource, i) => all.indexOf(resource) !== i),
      [],
    );
  });
});
