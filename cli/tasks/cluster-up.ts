import {
  checkPrivileges,
  chooseTools,
  clusterNeeds,
  describeTools,
  ensureBuilt,
  imageNeeds,
  startCluster,
} from "../../lab";

export async function run(): Promise<number> {
  const tools = await chooseTools();
  console.log(describeTools(tools).cluster);
  checkPrivileges(tools);
  await ensureBuilt([...clusterNeeds(tools), ...imageNeeds(tools)]);
  await startCluster(tools);
  return 0;
}
