import {
  checkPrivileges,
  chooseTools,
  clusterNeeds,
  describeTools,
  ensureBuilt,
  imageNeeds,
  kubernetesOption,
  kubernetesTarget,
  startCluster,
} from "../../lab";

export async function run(args: readonly string[]): Promise<number> {
  const kubernetes = kubernetesOption(args);
  const tools = await chooseTools();
  console.log(describeTools(tools).cluster);
  checkPrivileges(tools);
  await ensureBuilt([...clusterNeeds(tools), ...imageNeeds(tools), ...kubernetesTarget(kubernetes)]);
  await startCluster(tools, undefined, kubernetes);
  return 0;
}
