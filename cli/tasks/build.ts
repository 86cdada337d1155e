import { cpSync, globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths";
import { must } from "../process";

const out = join(root, "dist");
const source = join(root, "components");

/** Builds the package for `npm pack`: JavaScript and types, and the scripts that run in their own processes. */
export async function run(): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  await must(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
  });
  for (const script of globSync("**/*.cjs", { cwd: source })) cpSync(join(source, script), join(out, script));
  return 0;
}
