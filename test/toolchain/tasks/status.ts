import type { PipelineStatus } from "../../../components/flow/conditions";
import { pipelineReport } from "../../../components/flow/main";
import { statusTable } from "../../../components/flow/table";
import type { FlowTargets } from "../../../components/flow/targets";
import { ensureBuilt } from "../build";
import { kubeconfig } from "../context";
import { chooseTools, engineNeeds } from "../machine";
import { Failure } from "../process";
import { stackOutputs } from "../stack";
import { statusRequest } from "../status";

/** Outputs of the stack that say what there is to look at, and how it was. */
interface Outputs {
  readonly verification?: FlowTargets;
  readonly pipelines?: readonly PipelineStatus[];
}

/** How the pipelines are now, found out as an update does it but without one. */
export async function run(args: readonly string[]): Promise<number> {
  const file = await kubeconfig();
  const tools = await chooseTools();
  await ensureBuilt(engineNeeds(tools));
  const { verification, pipelines } = (await stackOutputs(args, tools.engine.use, file)) as Outputs;
  if (!verification) throw new Failure("The stack says nothing about its pipelines. Bring it up first: npm run up");
  const statuses = await pipelineReport(statusRequest(verification, pipelines ?? [], file));
  console.log(statusTable(statuses));
  return statuses.every(({ healthy }) => healthy) ? 0 : 1;
}
