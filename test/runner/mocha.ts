import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bin, local, root, run } from "../../lab/host";
import type { Counts, Outcome, Step } from "./steps";

export interface MochaOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Shows the output while the tests run, for long suites. */
  readonly live?: boolean;
  /**
   * For files that share nothing and need no program that is built here: two processes run them, and packages load
   * without tsx.
   */
  readonly isolated?: boolean;
}

/** Runs all test files that match the patterns. */
export function mochaStep(name: string, patterns: readonly string[], options: MochaOptions = {}): Step {
  return { name, run: () => runMocha(patterns, options) };
}

async function runMocha(patterns: readonly string[], options: MochaOptions): Promise<Outcome> {
  const sorted = globSync([...patterns], { cwd: root }).sort();
  // The file that waits longest for child processes is among the last: it starts first, so that no process ends alone.
  const files = options.isolated ? sorted.reverse() : sorted;
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
    const parallel = options.isolated ? ["--parallel", "--jobs", "2"] : [];
    // A busy machine needs longer than mocha's default of two seconds, and the first test of a process loads Pulumi.
    const args = ["--import", "tsx", mocha, color, "--timeout", "30000", "--reporter", reporter, ...parallel, ...files];
    const { code, output } = await run(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...options.env, ...(options.isolated ? isolation() : {}), MOCHA_COUNTS: countsFile },
      output: options.live ? "show" : "capture",
    });
    return mochaOutcome(code, options.live ? "" : output, () => readFileSync(countsFile, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Applies to the child processes of tests, too. */
function isolation(): NodeJS.ProcessEnv {
  const hook = pathToFileURL(join(__dirname, "native-packages.mjs")).href;
  // With a collector on PATH, each component that a test makes would start it to validate the configuration.
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== bin);
  return {
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --import ${hook}`.trim(),
    PATH: folders.join(delimiter),
    // Node keeps the code that V8 made of packages: a quarter of the time in which each process loads them.
    NODE_COMPILE_CACHE: join(local, "compile-cache"),
  };
}

/** Counts one more failure if mocha stopped before or after its tests. */
export function mochaOutcome(code: number, output: string, readCounts: () => string): Outcome {
  let counts: Counts = { passed: 0, failed: 0, failures: [] };
  let written = true;
  try {
    counts = parseCounts(readCounts());
  } catch {
    written = false;
  }
  const brokeOff = !written || (code !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0;
  const { passed, failures } = counts;
  return { passed, failed: counts.failed + (brokeOff ? 1 : 0), failures, output };
}

export function parseCounts(json: string): Counts {
  const { passed, failed, failures = [] } = JSON.parse(json) as Partial<Counts>;
  if (!Number.isInteger(passed) || !Number.isInteger(failed)) throw new Error(`no counts: ${json}`);
  return { passed: Number(passed), failed: Number(failed), failures };
}
