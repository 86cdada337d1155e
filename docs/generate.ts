import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { configuration } from "../components/settings/configuration";
import { argumentTypes } from "./generator/argument-types";
import { conditionsPage } from "./generator/conditions-page";
import { stackConfigSchema } from "./generator/json-schema";
import { pipelinesPage } from "./generator/page";

/** Every file that is generated from the code, by path: pages, the JSON Schema, types of arguments. A test compares them with the committed ones. */
async function generated(): Promise<Readonly<Record<string, string>>> {
  const texts = {
    "pipelines.md": pipelinesPage(),
    "conditions.md": conditionsPage(),
    "stack-config.schema.json": JSON.stringify(stackConfigSchema("telemetry")),
    "../components/settings/args.ts": argumentTypes(configuration),
  };
  const formatted = Object.entries(texts).map(async ([file, text]) => {
    const filepath = join(__dirname, file);
    return [filepath, await format(text, { ...(await resolveConfig(filepath)), filepath })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
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

/** Writes every generated file. */
export async function writeGenerated(): Promise<void> {
  for (const [path, text] of Object.entries(await generated())) writeFileSync(path, text);
}

if (require.main === module) void writeGenerated();
