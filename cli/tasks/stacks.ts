import { chooseTools, engineNeeds, ensureBuilt } from "../../lab";
import { kubeconfigIfAny } from "../context";
import { manageStack } from "../stack";
import { stackCommand, stackUsage } from "../stack-command";

/** Lists, makes, unlocks and removes stacks, and sets their secrets. None of these needs a cluster. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(stackUsage);
    return 0;
  }
  const command = stackCommand(args);
  const tools = await chooseTools();
  await ensureBuilt(engineNeeds(tools));
  return manageStack(command, tools.engine.use, await kubeconfigIfAny());
}
