import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A stack's configuration, without the project's name in its keys. */
export type Configuration = Readonly<Record<string, unknown>>;

const root = join(__dirname, "../..");

function stackConfiguration(file: string): Configuration {
  const { config } = parse(readFileSync(join(root, file), "utf8")) as { config: Configuration };
  const entries = Object.entries(config).map(([key, value]) => [key.replace(/^telemetry:/, ""), value] as const);
  return Object.fromEntries(entries.filter(([key]) => key !== "development"));
}

const recipes = readdirSync(join(root, "docs/recipes")).filter((file) => file.endsWith(".yaml"));
const ownFolder = join(__dirname, "environments");
const own = readdirSync(ownFolder).filter((file) => file.endsWith(".yaml"));

/** The environments whose rendering is kept, by the name of their golden file. */
export const environments: Readonly<Record<string, Configuration>> = {
  dev: stackConfiguration("Pulumi.dev.yaml"),
  prod: stackConfiguration("Pulumi.prod.yaml"),
  ...Object.fromEntries(
    recipes.map((file) => [`recipe-${file.replace(".yaml", "")}`, stackConfiguration(`docs/recipes/${file}`)]),
  ),
  ...Object.fromEntries(
    own.map((file) => [file.replace(".yaml", ""), parse(readFileSync(join(ownFolder, file), "utf8")) as Configuration]),
  ),
};
