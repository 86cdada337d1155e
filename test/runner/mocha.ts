import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../cli/paths";
import { run } from "../../cli/process";
import type { Counts, Outcome, Step } from "./steps";

export interface MochaOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Shows the output while the tests run, for long suites. */
  readonly live?: boolean;
}

/** Runs all test files that match the patterns, in one mocha process. */
export function mochaStep(name: string, patterns: readonly string[], options: MochaOptions = {}): Step {
  return { name, run: () => runMocha(patterns, options) };
}

async function runMocha(patterns: readonly string[], options: MochaOptions): Promise<Outcome> {
  const files = globSync([...patterns], { cwd: root }).sort();
  if (files.length === 0) {
    const missing = `no test files: ${patterns.join(", ")}`;
    return { passed: 0, failed: 1, output: missing };
  }
  const folder = mkdtempSync(join(tmpdir(), "mocha-"));
  const countsFile = join(folder, "counts.json");
  try {
    const mocha = join(root, "node_modules/mocha/bin/mocha.js");
    const reporter = join(__dirname, "reporter.ts");
    // Mocha itself sees no terminal when its output is captured.
    const color = process.stdout.isTTY ? "--color" : "--no-color";
    // Mocha's default of two seconds is too short on a busy machine.
    const args = ["--import", "tsx", mocha, color, "--timeout", "10000", "--reporter", reporter, ...files];
    const { code, output } = await run(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...options.env, MOCHA_COUNTS: countsFile },
      output: options.live ? "show" : "capture",
    });
    return mochaOutcome(code, options.live ? "" : output, () => readFileSync(countsFile, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts one more failure if mocha broke off before or after its tests. */
export function mochaOutcome(code: number, output: string, readCounts: () => string): Outcome {
  let counts: Counts = { passed: 0, failed: 0 };
  let written = true;
  try {
    counts = parseCounts(readCounts());
  } catch {
    written = false;
  }
  const brokeOff = !written || (code !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0;
  return { passed: counts.passed, failed: counts.failed + (brokeOff ? 1 : 0), output };
}

export function parseCounts(json: string): Counts {
  const { passed, failed } = JSON.parse(json) as Partial<Counts>;
  if (!Number.isInteger(passed) || !Number.isInteger(failed)) throw new Error(`no counts: ${json}`);
  return { passed: Number(passed), failed: Number(failed) };
}
