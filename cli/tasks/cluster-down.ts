import { stopCluster } from "../../lab/local-cluster";
import { chooseTools } from "../../lab/machine";

export async function run(): Promise<number> {
  await stopCluster(await chooseTools());
  return 0;
}
