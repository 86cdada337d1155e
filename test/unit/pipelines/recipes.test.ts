import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { gatewayConfig, gatewayPipelines } from "../../../components/collector/gateway";
import { collectorModels } from "../../../components/models";
import { parsePipelines } from "../../../components/pipelines";
import { gateway } from "../helpers/models";

const folder = join(__dirname, "../../../docs/recipes");
const recipes = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

describe("A recipe for a backend", () => {
  it("is there for each backend that the page lists, and the other way round", () => {
    const page = readFileSync(join(folder, "README.md"), "utf8");
    const listed = [...page.matchAll(/\]\((.+?\.yaml)\)/g)].map(([, file]) => file);
    assert.deepEqual(listed.sort(), recipes.sort());
  });

  for (const recipe of recipes) {
    it(`is sound and makes one exporter per pipeline: ${recipe}`, () => {
      const { config } = parse(readFileSync(join(folder, recipe), "utf8")) as { config: Record<string, unknown> };
      const written = Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace(/^telemetry:/, ""), value]),
      );
      const { pipelines, warnings } = parsePipelines(written, { now: new Date("2026-06-01T00:00:00Z") });
      assert.deepEqual(warnings, []);
      const models = collectorModels(pipelines);
      const { exporters } = gatewayConfig(gateway(gatewayPipelines(models)));
      assert.equal(Object.keys(exporters).length, Object.values(written).flat().length);
    });
  }
});
