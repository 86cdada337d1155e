import { lintSteps } from "../runner/lint";
import { conclude, runSteps } from "../runner/steps";

export async function run(): Promise<number> {
  return conclude(await runSteps(lintSteps(), 2));
}
