import { join } from "node:path";
import { findOnPath, local, root, run } from "../../lab/host";
import type { Outcome, Step } from "./steps";

const modules = join(root, "node_modules");

function program(name: string, file: string, ...args: string[]): Step {
  return { name, run: () => one(process.execPath, [join(modules, file), ...args]) };
}

/** Runs a check that passes or fails as a whole. Shows its output only if it fails. */
async function one(command: string, args: readonly string[]): Promise<Outcome> {
  const { code, output } = await run(command, args, { cwd: root });
  return code === 0 ? { passed: 1, failed: 0, output: "" } : { passed: 0, failed: 1, output };
}

/** Lint rules, types, unused exports and formatting, the slowest first. Caches save only the work on unchanged files. */
export function lintSteps(): Step[] {
  const steps = [
    program("eslint", "eslint/bin/eslint.js", "--max-warnings", "0", ...eslintCache, "."),
    { name: "tsc", run: () => one(process.execPath, ["--import", "tsx", join(__dirname, "types.ts")]) },
    program("knip", "knip/bin/knip.js", "--no-progress", "--no-config-hints"),
    program("prettier", "prettier/bin/prettier.cjs", "--check", ...prettierCache, "--log-level", "warn", "."),
  ];
  const gofmt = findOnPath("gofmt");
  if (gofmt) steps.push({ name: "gofmt", run: () => goFormatted(gofmt) });
  return steps;
}

const eslintCache = ["--cache", "--cache-strategy", "content", "--cache-location", join(local, "eslint.json")];
const prettierCache = ["--cache", "--cache-strategy", "content", "--cache-location", join(local, "prettier.json")];

async function goFormatted(gofmt: string): Promise<Outcome> {
  const { code, output } = await run(gofmt, ["-l", "lab"], { cwd: root });
  if (code === 0 && output.trim() === "") return { passed: 1, failed: 0, output: "" };
  return { passed: 0, failed: 1, output: `Not formatted (npm run format):\n${output}` };
}

/** Formats all files as the checks require. */
export async function format(): Promise<number> {
  const prettier = await run(
    process.execPath,
    [join(modules, "prettier/bin/prettier.cjs"), "--write", "--list-different", "."],
    { cwd: root, output: "show" },
  );
  const gofmt = findOnPath("gofmt");
  const go = gofmt ? await run(gofmt, ["-l", "-w", "lab"], { cwd: root, output: "show" }) : prettier;
  return prettier.code || go.code;
}
