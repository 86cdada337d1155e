import { chooseTools, stopCluster } from "../../lab";

export async function run(): Promise<number> {
  await stopCluster(await chooseTools());
  return 0;
}
