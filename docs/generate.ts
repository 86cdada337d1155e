import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { configuration } from "../components/settings/configuration";
import { argumentTypes } from "./generator/argument-types";
import { stackConfigSchema } from "./generator/json-schema";
import { pipelinesPage } from "./generator/page";

/**
 * Everything that is made from the schemas of settings: the reference page, the JSON Schema, the types of arguments. A
 * test compares it with what is committed.
 */
export async function generated(): Promise<Readonly<Record<string, string>>> {
  const page = join(__dirname, "pipelines.md");
  const schema = join(__dirname, "stack-config.schema.json");
  const types = join(__dirname, "../components/settings/args.ts");
  return {
    [page]: await format(pipelinesPage(), { ...(await resolveConfig(page)), filepath: page }),
    [schema]: await format(JSON.stringify(stackConfigSchema("telemetry")), {
      ...(await resolveConfig(schema)),
      filepath: schema,
    }),
    [types]: await format(argumentTypes(configuration), { ...(await resolveConfig(types)), filepath: types }),
  };
}

/** Lists the files whose committed text differs from the text that would be written now. */
export async function outdated(): Promise<string[]> {
  return Object.entries(await generated()).flatMap(([path, text]) => (textOf(path) === text ? [] : [path]));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

async function write(): Promise<void> {
  for (const [path, text] of Object.entries(await generated())) writeFileSync(path, text);
}

if (require.main === module) void write();
