import { lintSteps } from "../runner/lint";
import { mochaStep } from "../runner/mocha";
import { conclude, runSteps } from "../runner/steps";

const patterns = ["test/unit/**/*.test.ts", "policy/test/**/*.test.ts", "test/golden/*.test.ts"];

export async function run(): Promise<number> {
  const [slowest, ...others] = lintSteps();
  const steps = [...(slowest ? [slowest] : []), mochaStep("unit tests", patterns, { isolated: true }), ...others];
  return conclude(await runSteps(steps, 2));
}
