import { lintSteps } from "../checks/lint";
import { conclude, runSteps } from "../checks/steps";

export async function run(): Promise<number> {
  return conclude(await runSteps(lintSteps(), 2));
}
