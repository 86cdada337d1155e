import {
  checkPrivileges,
  chooseTools,
  clusterNeeds,
  describeTools,
  engineNeeds,
  imageNeeds,
  startBuilding,
  startCluster,
} from "../../lab";
import { clusterKubeconfig } from "../../lab/host";
import { type Outputs, show } from "../show";
import { runPulumi, stackOutputs } from "../stack";

export async function run(args: readonly string[]): Promise<number> {
  const tools = await chooseTools();
  const chosen = describeTools(tools);
  console.log(`${chosen.engine}\n${chosen.cluster}`);
  checkPrivileges(tools);
  const needs = [...clusterNeeds(tools), ...imageNeeds(tools), ...engineNeeds(tools)];
  const building = await startBuilding(needs);
  if (building.needed) {
    // The nodes start while the programs for their pods are still being built.
    await building.ready(clusterNeeds(tools));
    await Promise.all([startCluster(tools), building.done]);
  }
  await building.done;
  await startCluster(tools);
  // Always the local cluster: this command never touches another one.
  const engine = tools.engine.use;
  const code = await runPulumi("up", ["--skip-preview", ...args], engine, clusterKubeconfig);
  if (code !== 0) return code;
  const outputs = (await stackOutputs(args, engine, clusterKubeconfig)) as Outputs;
  return (await show(outputs, tools)) ? 0 : 1;
}
