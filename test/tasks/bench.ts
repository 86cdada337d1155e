import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  checkPrivileges,
  chooseTools,
  clusterNeeds,
  engineNeeds,
  ensureBuilt,
  imageNeeds,
  isClusterUp,
  startCluster,
  stopCluster,
} from "../../lab";
import { bin, cleanUp, clusterKubeconfig, clusterState, Failure, root, run as runProgram } from "../../lab/host";

/** Measurements that need no cluster, with the programs that they start. */
const alone: Readonly<Record<string, readonly string[]>> = {
  flow: [],
  gateway: ["collector", "cluster"],
  choices: ["collector", "cluster"],
  logs: ["collector"],
};

const folder = join(root, "test/bench");

export async function run([name, ...args]: readonly string[]): Promise<number> {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -3));
  if (!name || !names.includes(name)) {
    const known = names.join(", ");
    throw new Failure(
      `${name ? `There is no measurement "${name}".` : "No measurement is named."} Name one of: ${known}`,
    );
  }
  const program = ["--import", "tsx", join(folder, `${name}.ts`), ...args];
  const programs = alone[name];
  if (programs) {
    await ensureBuilt(programs);
    return (await runProgram(process.execPath, program, { cwd: root, output: "show" })).code;
  }
  const tools = await chooseTools("tests");
  checkPrivileges(tools);
  await ensureBuilt([...clusterNeeds(tools), ...imageNeeds(tools), ...engineNeeds(tools)]);
  const wasUp = await isClusterUp(tools);
  const env = { ...process.env, CLUSTER_BIN: bin, CLUSTER_STATE: clusterState, KUBECONFIG: clusterKubeconfig };
  try {
    await startCluster(tools);
    return (await runProgram(process.execPath, program, { cwd: root, env, output: "show" })).code;
  } finally {
    if (!wasUp) await cleanUp(() => stopCluster(tools));
  }
}
