import { z } from "zod";
import { development } from "../../components/settings/stack-config";
import { isPresenceRule, type PresenceRule, unwrap } from "../../components/schema";
import { configuration, type configurationWith } from "../../components/settings/configuration";
import { managerSettingsSchema } from "../../manager/deployment";

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Configuration = ReturnType<typeof configurationWith>;

/** Makes the JSON Schema of `Pulumi.<stack>.yaml` for editors. It has the parser's rules as far as JSON Schema can express them. */
export function stackConfigSchema(project: string, pipelines: Configuration = configuration): JsonSchema {
  const stackConfiguration = pipelines.extend({
    development: development.optional(),
    manager: managerSettingsSchema.optional(),
  });
  const { properties = {} } = z.toJSONSchema(stackConfiguration, {
    io: "input",
    target: "draft-7",
    // JSON Schema lacks one type: text that may be known later. `override` turns it into text.
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => describe(zodSchema, jsonSchema),
  });
  const settings = Object.entries(properties).map(([key, schema]) => [
    `${project}:${key}`,
    orSecure(schema as JsonSchema),
  ]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of a telemetry stack",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(settings) as Record<string, JsonSchema>,
        // Rejects unknown settings of this project only: providers and other projects have settings here, too.
        patternProperties: { [`^${project}:(?!(${Object.keys(properties).join("|")})$)`]: false },
      },
    },
    definitions: {
      secure: {
        description: "A value that Pulumi encrypted: `pulumi config set --secret --path`.",
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
    },
  };
}

function describe(schema: z.core.$ZodType, json: JsonSchema): void {
  const { schema: inner, notes } = unwrap(schema);
  const { def } = inner._zod;
  if (def.type === "custom") json.type = "string";
  for (const check of def.checks ?? []) {
    const { def } = check._zod as { def: { params?: unknown } };
    if (isPresenceRule(def.params)) Object.assign(json, presence(def.params));
  }
  if (isEmpty(json.default)) delete json.default;
  if (notes) json.description = [notes.description, notes.rule].filter(Boolean).join(" ");
  // Names and choices are never secret. Any other text may be.
  if (json.type === "string" && !json.enum && !json.pattern) replace(json, orSecure(json));
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

function presence({ presence, fields }: PresenceRule): JsonSchema {
  switch (presence) {
    case "exactlyOne":
      return { oneOf: fields.map((name) => ({ required: [name] })) };
    case "atMostOne":
      return { not: { required: [...fields] } };
    case "together":
      return {
        dependencies: Object.fromEntries(fields.map((name) => [name, fields.filter((other) => other !== name)])),
      };
  }
}

/** Also accepts `{ secure: … }`, which Pulumi writes for a value that was set with `--secret`. */
function orSecure({ description, ...schema }: JsonSchema): JsonSchema {
  return { ...(description ? { description } : {}), anyOf: [schema, { $ref: "#/definitions/secure" }] };
}

function replace(json: JsonSchema, by: JsonSchema): void {
  for (const key of Object.keys(json)) delete json[key];
  Object.assign(json, by);
}
