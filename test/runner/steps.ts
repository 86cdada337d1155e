import { Interrupted } from "../../lab/host";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Names of failed tests, as far as they are known. The end of a long output lists them again. */
  readonly failures?: readonly string[];
}

export interface Outcome extends Counts {
  /** The text to show when the step ends. */
  readonly output: string;
}

export interface Step {
  readonly name: string;
  run(): Promise<Outcome>;
}

/** Runs steps, `sideBySide` of them at a time. Shows the output and time of each step when it ends. */
export async function runSteps(steps: readonly Step[], sideBySide: number): Promise<Counts> {
  const waiting = [...steps];
  const totals = { passed: 0, failed: 0, failures: [] as string[] };
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const started = performance.now();
      const outcome = await step.run().catch(failedOutcome);
      totals.passed += outcome.passed;
      totals.failed += outcome.failed;
      totals.failures.push(...failuresOf(step, outcome));
      const mark = outcome.failed === 0 ? "ok  " : "FAIL";
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (outcome.output.trim() !== "") console.log(`\n${outcome.output.trimEnd()}\n`);
      console.log(`${mark} ${step.name.padEnd(12)} ${seconds.padStart(6)} s`);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return totals;
}

/** Returns a line for each named failure of a step, and one for all others. */
export function failuresOf({ name }: Pick<Step, "name">, { failed, failures = [] }: Outcome): string[] {
  const unnamed = failed - failures.length;
  return [...failures, ...(unnamed > 0 ? [`${unnamed} without a name`] : [])].map((failure) => `${name}: ${failure}`);
}

function failedOutcome(error: unknown): Outcome {
  if (error instanceof Interrupted) throw error;
  const output = error instanceof Error ? error.message : String(error);
  return { passed: 0, failed: 1, failures: [output.split("\n", 1).join()], output };
}

/** Prints the last lines of every suite and returns its exit code. A suite without any test has not passed. */
export function conclude({ passed, failed, failures = [] }: Counts): number {
  for (const failure of failures) console.log(`FAIL ${failure}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
