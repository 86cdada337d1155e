import { ensureBuilt } from "../build";
import { startCluster } from "../cluster";
import { chooseTools, clusterNeeds, describeTools, imageNeeds } from "../machine";

export async function run(): Promise<number> {
  const tools = await chooseTools();
  console.log(describeTools(tools).cluster);
  await ensureBuilt([...clusterNeeds(tools), ...imageNeeds(tools)]);
  await startCluster(tools);
  return 0;
}
