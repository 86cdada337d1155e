import { stopCluster } from "../cluster";
import { chooseTools } from "../machine";

export async function run(): Promise<number> {
  await stopCluster(await chooseTools());
  return 0;
}
