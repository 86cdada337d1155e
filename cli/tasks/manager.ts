import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chooseTools, describeTools, engineNeeds, ensureBuilt } from "../../lab";
import { kubeconfig } from "../context";
import { bin, root, run as runProgram } from "../../lab/host";
import { isLocalBackend, stackEnvironment } from "../stack";

/** Runs the manager on this machine, for a stack of this checkout. */
export async function run(args: readonly string[]): Promise<number> {
  const program = ["--import", "tsx", join(root, "manager/main.ts"), ...args];
  if (args.includes("--help")) return (await runProgram(process.execPath, program, { output: "show" })).code;
  const file = await kubeconfig();
  const tools = await chooseTools();
  console.log(describeTools(tools).engine);
  await ensureBuilt(engineNeeds(tools));
  const env = stackEnvironment(process.env, tools.engine.use, file);
  env.PATH = [bin, process.env.PATH].join(delimiter);
  if (isLocalBackend(process.env)) mkdirSync(new URL(env.PULUMI_BACKEND_URL ?? "").pathname, { recursive: true });
  return (await runProgram(process.execPath, program, { cwd: root, env, output: "show" })).code;
}
