import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths";
import { Failure, run as runProgram } from "../process";

const folder = join(root, "test/bench");

export async function run([name, ...args]: readonly string[]): Promise<number> {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = files.filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3));
  if (!name || !names.includes(name)) {
    const there = names.length > 0 ? names.join(", ") : "none yet";
    throw new Failure(`${name ? `There is no measurement "${name}"` : "Which measurement?"} There is: ${there}`);
  }
  const file = join(folder, `${name}.ts`);
  return (await runProgram(process.execPath, ["--import", "tsx", file, ...args], { cwd: root, output: "show" })).code;
}
