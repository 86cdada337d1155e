import { ensureBuilt } from "../../lab/build";
import { checkPrivileges, startCluster } from "../../lab/local-cluster";
import { chooseTools, clusterNeeds, describeTools, imageNeeds } from "../../lab/machine";

export async function run(): Promise<number> {
  const tools = await chooseTools();
  console.log(describeTools(tools).cluster);
  checkPrivileges(tools);
  await ensureBuilt([...clusterNeeds(tools), ...imageNeeds(tools)]);
  await startCluster(tools);
  return 0;
}
