import { lintSteps } from "../checks/lint";
import { mochaStep } from "../checks/mocha";
import { conclude, runSteps } from "../checks/steps";

const patterns = ["test/unit/**/*.test.ts", "policy/test/**/*.test.ts"];

export async function run(): Promise<number> {
  const [slowest, ...others] = lintSteps();
  const steps = [...(slowest ? [slowest] : []), mochaStep("unit tests", patterns), ...others];
  return conclude(await runSteps(steps, 2));
}
