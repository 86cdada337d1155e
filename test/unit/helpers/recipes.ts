import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const folder = join(__dirname, "../../../docs/recipes");

/** Names of the files. */
export const recipes: readonly string[] = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

export const recipesPage = (): string => readFileSync(join(folder, "README.md"), "utf8");

/** The configuration in a recipe, keys without the project's name. */
export function recipeConfiguration(recipe: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(folder, recipe), "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^telemetry:/, ""), value]));
}
