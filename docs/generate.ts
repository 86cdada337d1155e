import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { configuration } from "../components/settings/configuration";
import { argumentTypes } from "./generator/argument-types";
import { conditionsPage } from "./generator/conditions-page";
import { stackConfigSchema } from "./generator/json-schema";
import { pipelinesPage } from "./generator/page";

/** Every file that is generated from the code, by path: pages, the JSON Schema, types of arguments. A test compares them with the committed ones. */
export async function generated(): Promise<Readonly<Record<string, string>>> {
  const page = join(__dirname, "pipelines.md");
  const conditions = join(__dirname, "conditions.md");
  const schema = join(__dirname, "stack-config.schema.json");
  const types = join(__dirname, "../components/settings/args.ts");
  return {
    [page]: await format(pipelinesPage(), { ...(await resolveConfig(page)), filepath: page }),
    [conditions]: await format(conditionsPage(), { ...(await resolveConfig(conditions)), filepath: conditions }),
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
