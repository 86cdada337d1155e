import assert from "node:assert/strict";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";
import { outdated } from "../../../docs/generate";
import { examples } from "../../../docs/generator/examples";
import { configuration } from "../../../components/pipelines/schema";
import { fieldsOf, itemOf, unwrap } from "../../../components/pipelines/walk";
import { parse } from "./helpers";

describe("The reference of the pipelines", () => {
  it("is what docs/generate.ts makes of the schemas", async () => {
    assert.deepEqual(await outdated(), [], "run: npx tsx docs/generate.ts");
  }).timeout(30_000);

  it("has examples that the parser accepts without a warning", () => {
    const settings = Object.entries(examples.settings).map(([key, value]) => [key.replace("telemetry:", ""), value]);
    const all = {
      metricPipelines: [...(examples.first.metricPipelines ?? []), ...examples.metric],
      tracePipelines: examples.trace,
      logPipelines: examples.log,
      ...(Object.fromEntries(settings) as object),
    };
    assert.deepEqual(parse(all).warnings, []);
  });
});

describe("The example of each field, which messages offer as a remedy", () => {
  function examplesBelow(
    schema: z.core.$ZodType,
    path: string,
  ): [path: string, example: unknown, schema: z.core.$ZodType][] {
    const { notes } = unwrap(schema);
    const item = itemOf(schema);
    return [
      ...(notes ? [[path, parseYaml(notes.example), schema] as [string, unknown, z.core.$ZodType]] : []),
      ...(item ? examplesBelow(item, `${path}[]`) : []),
      ...Object.entries(fieldsOf(schema)).flatMap(([key, child]) => examplesBelow(child, `${path}.${key}`)),
    ];
  }

  it("is YAML that the field's schema accepts", () => {
    const all = examplesBelow(configuration, "");
    assert.ok(all.length > 150);
    for (const [path, example, schema] of all) {
      const { success } = (schema as z.ZodType).safeParse(example);
      assert.ok(success, `${path}: ${JSON.stringify(example)}`);
    }
  });
});
