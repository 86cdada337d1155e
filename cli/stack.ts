import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readInputs } from "../manager/stack-inputs";
import type { Engine } from "../lab/choose";
import { kubeconfig } from "./context";
import { ensureBuilt } from "../lab/build";
import { chooseTools, describeTools, engineNeeds } from "../lab/machine";
import { bin, root } from "./paths";
import { Failure, must, run } from "./process";
import { updateWithWayBack } from "./way-back";

const localState = join(root, ".pulumi-state");
const localProjectFolder = join(localState, "project");

/**
 * Environment of pulumi. Without a backend of the user's own, state is kept in the checkout and encrypted with an empty
 * passphrase: nothing that lives in a local cluster is worth a better one, and no account is needed.
 */
export function stackEnvironment(env: NodeJS.ProcessEnv, engine: Engine, kubeconfigFile: string): NodeJS.ProcessEnv {
  const made: NodeJS.ProcessEnv = {
    ...env,
    KUBECONFIG: kubeconfigFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Without it, there is no `--event-log`.
    PULUMI_DEBUG_COMMANDS: "true",
  };
  if (isLocalBackend(env)) {
    made.PULUMI_BACKEND_URL = `file://${localState}`;
    if (env.PULUMI_CONFIG_PASSPHRASE_FILE === undefined) made.PULUMI_CONFIG_PASSPHRASE ??= "";
  }
  // A plugin that it lacks would be downloaded in a version that does not go with this engine.
  if (engine.source) made.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  return made;
}

export function isLocalBackend(env: NodeJS.ProcessEnv): boolean {
  return !env.PULUMI_BACKEND_URL;
}

export type Operation = "up" | "preview" | "destroy";

/** Takes `--stack NAME` out of the arguments. */
export function splitStack(args: readonly string[]): { stack: string; rest: string[] } {
  const rest: string[] = [];
  let stack = "dev";
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--stack" || arg === "-s") {
      const name = args[++i];
      if (!name) throw new Failure(`${arg} needs the name of a stack.`);
      stack = name;
    } else if (arg.startsWith("--stack=")) stack = arg.slice("--stack=".length);
    else rest.push(arg);
  }
  return { stack, rest };
}

/** Takes `--go-back` out of the arguments. */
export function splitGoBack(args: readonly string[]): { goBack: boolean; rest: string[] } {
  const rest = args.filter((arg) => arg !== "--go-back");
  return { goBack: rest.length < args.length, rest };
}

/** Arguments of pulumi. A local development stack is changed without asking; any other one asks as pulumi does. */
export function operationArguments(operation: Operation, args: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const { stack, rest } = splitStack(args);
  const asks = operation !== "preview" && !rest.includes("--yes") && !rest.includes("-y");
  const yes = asks && isLocalBackend(env) && stack === "dev" ? ["--yes"] : [];
  return [operation, "--stack", stack, ...yes, ...rest];
}

/** Runs pulumi on a stack of the user's. Returns pulumi's exit code. */
export async function operate(operation: Operation, args: readonly string[]): Promise<number> {
  // Asked first, because building takes long.
  const file = await kubeconfig();
  const tools = await chooseTools();
  console.log(describeTools(tools).engine);
  await ensureBuilt(engineNeeds(tools));
  return runPulumi(operation, args, tools.engine.use, file);
}

/** The same when the programs are there. The stack is made if it is not there. */
export async function runPulumi(
  operation: Operation,
  args: readonly string[],
  engine: Engine,
  file: string,
): Promise<number> {
  const env = stackEnvironment(process.env, engine, file);
  const isLocal = isLocalBackend(process.env);
  const { stack } = splitStack(args);
  const cwd = isLocal ? localProject() : root;
  const pulumi = pulumiProgram(engine);
  const select = await run(pulumi, ["stack", "select", "--create", "--stack", stack], { cwd, env });
  if (select.code !== 0) {
    console.error(select.output);
    return select.code;
  }
  const { goBack, rest } = splitGoBack(args);
  const once = async (...more: string[]): Promise<number> => {
    const given = [...rest, ...more];
    const config = isLocal && !given.some((arg) => arg.startsWith("--config-file")) ? localConfiguration(stack) : [];
    const all = [...operationArguments(operation, given, process.env), ...config];
    return (await run(pulumi, all, { cwd: root, env, output: "show" })).code;
  };
  if (operation !== "up") return once();
  const wayBack = { inputs: readInputs({ folder: root, stack }), kept: join(localState, "last-good", stack), goBack };
  return updateWithWayBack(wayBack, once);
}

/**
 * The project's file alone, in a folder of its own beside the state: pulumi writes the salt of the encryption to the
 * stack's file where it makes a stack, and those of the checkout are to stay as they are in git.
 */
function localProject(): string {
  mkdirSync(localProjectFolder, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(localProjectFolder, "Pulumi.yaml"));
  return localProjectFolder;
}

/** The stack's file of the checkout as it is now, with that salt. */
function localConfiguration(stack: string): string[] {
  const name = `Pulumi.${stack}.yaml`;
  const kept = join(localProjectFolder, name);
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  writeFileSync(kept, withSalt(read(join(root, name)), read(kept)));
  return ["--config-file", kept];
}

/** A stack's file with the salt of another one, unless it says itself how its secrets are encrypted. */
export function withSalt(own: string, other: string): string {
  const [salt] = /^encryptionsalt: .*$/m.exec(other) ?? [];
  if (salt === undefined || /^(encryptionsalt|secretsprovider|encryptedkey):/m.test(own)) return own;
  return `${own}${own === "" || own.endsWith("\n") ? "" : "\n"}${salt}\n`;
}

/** What a stack tells at its end, read from its state. */
export async function stackOutputs(args: readonly string[], engine: Engine, file: string): Promise<unknown> {
  const env = stackEnvironment(process.env, engine, file);
  const { stack } = splitStack(args);
  const { stdout } = await must(pulumiProgram(engine), ["stack", "output", "--json", "--stack", stack], {
    cwd: root,
    env,
  });
  return JSON.parse(stdout);
}

export function pulumiProgram(engine: Engine): string {
  return engine.source ? join(bin, "pulumi") : engine.pulumi;
}
