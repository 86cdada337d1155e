import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv, { type ErrorObject } from "ajv";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";
import { unknownKeys } from "../../../components/settings/stack-config";
import { outdated } from "../../../docs/generate";
import { examples } from "../../../docs/generator/examples";
import { configuration } from "../../../components/settings/configuration";
import { fieldsOf, itemOf, unwrap } from "../../../components/schema/walk";
import { recipes } from "../helpers/recipes";
import { parse, type BadInput } from "./helpers";
import { credentials } from "./inputs/credentials";
import { endpoints } from "./inputs/endpoints";
import { names } from "./inputs/names";
import { settings } from "./inputs/settings";
import { shapes } from "./inputs/shape";

describe("The reference of the pipelines", () => {
  it("is the one that docs/generate.ts makes of the schemas", async () => {
    assert.deepEqual(await outdated(), [], "run: npm run generate");
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

describe("The JSON Schema of a stack's configuration", () => {
  const root = join(__dirname, "../../..");
  const read = (file: string): string => readFileSync(join(root, file), "utf8");
  const schema = JSON.parse(read("docs/stack-config.schema.json")) as {
    properties: { config: { properties: Record<string, unknown> } };
  };
  // Editors do the same: they do not know all formats, and accept a rule that names fields of the part around it.
  const validate = new Ajv({ allErrors: true, strictRequired: false, formats: { cidrv4: true, cidrv6: true } }).compile(
    schema,
  );

  /** The places of the faults that it finds, such as `/telemetry:metricPipelines/0/name`. */
  function wrongPlaces(config: Readonly<Record<string, unknown>>): string[] {
    validate({ config });
    return (validate.errors ?? []).map((error) => `${error.instancePath}${fieldOf(error)}`.replace(/^\/config/, ""));
  }
  function fieldOf({ params }: ErrorObject): string {
    const { additionalProperty, missingProperty } = params as { [name: string]: string | undefined };
    const field = additionalProperty ?? missingProperty;
    return field === undefined ? "" : `/${field}`;
  }
  const minimal = { name: "a", output: { otlp: { endpoint: { value: "backend.example.com:4317" } } } };

  for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml", ...recipes.map((recipe) => `docs/recipes/${recipe}`)]) {
    it(`accepts ${file}`, () => {
      assert.ok(validate(parseYaml(read(file))), JSON.stringify(validate.errors));
    });
  }

  it("has exactly the settings that the program knows", () => {
    const settings = Object.keys(schema.properties.config.properties).map((key) => key.replace("telemetry:", ""));
    assert.deepEqual(unknownKeys(settings), []);
    // The message for a key that resembles no setting names all of them.
    const [finding] = unknownKeys(["xxxxxxxxxxxxxxxxxxxx"]);
    assert.deepEqual(finding?.remedy.replace("Settings are ", "").split(", ").sort(), settings.sort());
  });

  it("accepts values that Pulumi has encrypted, and all settings of others", () => {
    const config = {
      "telemetry:metricPipelines": [{ ...minimal, output: { otlp: { endpoint: { value: { secure: "v1:abc" } } } } }],
      "telemetry:gateway": { secure: "v1:abc" },
      "kubernetes:context": "prod",
      "telemetry-shop:metricpipelines": true,
      "shop:metricpipelines": true,
    };
    assert.deepEqual(wrongPlaces(config), []);
  });

  for (const key of ["metricpipelines", "metricPipeline", "metricPipelinesX", "Namespace", "backend", ""]) {
    it(`refuses an unknown setting: telemetry:${key}`, () => {
      assert.deepEqual(wrongPlaces({ "telemetry:tracePipelines": [minimal], [`telemetry:${key}`]: [] }), [
        `/telemetry:${key}`,
      ]);
    });
  }

  it("refuses wrong settings that only the program reads", () => {
    assert.ok(wrongPlaces({ "telemetry:development": { backend: "yes" } }).includes("/telemetry:development/backend"));
    assert.ok(wrongPlaces({ "telemetry:development": { sample: true } }).includes("/telemetry:development/sample"));
  });

  describe("refuses, where the program does:", () => {
    // A JSON Schema cannot express all other checks of an input.
    const ofShape =
      / is not a known field\. |: is missing\. |: must be .*, not (an? |null|text|true)|: must be [\w, ]+ or \w+\. (Write one|Did you)|: has (both|neither) `/;
    // One of these cannot be written, and the other one is the placeholder of Pulumi for a text.
    const others = ["an object inside itself", "a value that is an encrypted leaf"];
    const rows: BadInput[] = [...shapes, ...settings, ...names, ...endpoints, ...credentials].filter(
      ([behaviour, , lines]) => !others.includes(behaviour) && lines.every((line) => ofShape.test(line)),
    );

    it("enough cases", () => assert.ok(rows.length > 80, `${rows.length}`));

    for (const [behaviour, raw, lines] of rows) {
      it(behaviour, () => {
        const written = Object.entries(raw as Record<string, unknown>).map(([key, value]) => [
          `telemetry:${key}`,
          value,
        ]);
        const found = wrongPlaces(JSON.parse(JSON.stringify(Object.fromEntries(written))) as Record<string, unknown>);
        for (const [path = ""] of lines.map((line) => line.split(": "))) {
          // `[?]` stands for a key that may be a credential.
          const keys = path
            .replace("[?]", "")
            .replaceAll(/\[(\d+)\]/g, "/$1")
            .replaceAll(".", "/");
          const place = `/telemetry:${keys}`;
          assert.ok(
            found.some((other) => `${other}/`.startsWith(`${place}/`)),
            `nothing at ${place}, but at ${found.join(", ")}`,
          );
        }
      });
    }
  });
});
