import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readInputs, settingsFile, shortName } from "../manager";
import { chooseTools, describeTools, type Engine, engineNeeds, ensureBuilt } from "../lab";
import { kubeconfig } from "./context";
import { didYouMean, nearest } from "../components/schema";
import { bin, Failure, root, run } from "../lab/host";
import type { StackCommand } from "./stack-command";
import { updateWithWayBack } from "./way-back";

const localState = join(root, ".pulumi-state");
const localProjectFolder = join(localState, "project");

/**
 * The environment of pulumi. Unless the user names a backend, the state is kept in the checkout and encrypted with an empty
 * passphrase: a local cluster holds nothing that is worth a better one, and this needs no account.
 */
export function stackEnvironment(env: NodeJS.ProcessEnv, engine: Engine, kubeconfigFile: string): NodeJS.ProcessEnv {
  const made: NodeJS.ProcessEnv = {
    ...env,
    KUBECONFIG: kubeconfigFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The option `--event-log` needs it.
    PULUMI_DEBUG_COMMANDS: "true",
  };
  if (isLocalBackend(env)) {
    made.PULUMI_BACKEND_URL = `file://${localState}`;
    if (env.PULUMI_CONFIG_PASSPHRASE_FILE === undefined) made.PULUMI_CONFIG_PASSPHRASE ??= "";
  }
  // Pulumi would download a missing plugin in a version that does not fit this engine.
  if (engine.source) made.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
  return made;
}

export function isLocalBackend(env: NodeJS.ProcessEnv): boolean {
  return !env.PULUMI_BACKEND_URL;
}

export type Operation = "up" | "preview" | "destroy";

/** Arguments of `up`, `preview` and `destroy`. */
export interface StackArguments {
  readonly stack: string;
  /** Whether a failed update returns to the settings of the last good one. */
  readonly goBack: boolean;
  /** The arguments of pulumi, untouched and in order. */
  readonly rest: readonly string[];
}

const ownOptions = { stack: { type: "string", short: "s" }, "go-back": { type: "boolean" } } as const;

/** Takes this project's options out of the arguments. All others belong to pulumi. */
export function stackArguments(args: readonly string[]): StackArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: ownOptions,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let [stack, goBack] = ["dev", false];
  const own = new Set<number>();
  for (const token of tokens) {
    // `-mtests` is a message for pulumi, not the options -m, -t, -e and a stack "ts".
    if (token.kind !== "option" || !args[token.index]?.startsWith(token.rawName)) continue;
    if (token.name === "stack") {
      if (!token.value) throw new Failure(`${token.rawName} needs the name of a stack.`);
      stack = token.value;
      if (!token.inlineValue) own.add(token.index + 1);
    } else if (token.name === "go-back") goBack = true;
    else continue;
    own.add(token.index);
  }
  return { stack, goBack, rest: args.filter((_, index) => !own.has(index)) };
}

/** Arguments of pulumi. Only the local development stack changes without asking. */
export function operationArguments(
  operation: Operation,
  { stack, rest }: Pick<StackArguments, "stack" | "rest">,
  env: NodeJS.ProcessEnv,
): string[] {
  const asks = operation !== "preview" && !rest.includes("--yes") && !rest.includes("-y");
  const yes = asks && isLocalBackend(env) && stack === "dev" ? ["--yes"] : [];
  return [operation, "--stack", stack, ...yes, ...rest];
}

/** Builds what pulumi needs, then runs it on a stack. Returns pulumi's exit code. */
export async function operate(operation: Operation, args: readonly string[]): Promise<number> {
  // First, because building takes long and this fails at once where no cluster is named.
  const file = await kubeconfig();
  const tools = await chooseTools();
  console.log(describeTools(tools).engine);
  await ensureBuilt(engineNeeds(tools));
  return runPulumi(operation, args, tools.engine.use, file);
}

/** Runs pulumi when its programs are built. Returns pulumi's exit code. Throws if the stack does not exist. */
export async function runPulumi(
  operation: Operation,
  args: readonly string[],
  engine: Engine,
  file: string,
): Promise<number> {
  const env = stackEnvironment(process.env, engine, file);
  const isLocal = isLocalBackend(process.env);
  const { stack, goBack, rest } = stackArguments(args);
  const pulumi = pulumiProgram(engine);
  await ensureStack(pulumi, stack, env);
  const once = async (...more: string[]): Promise<number> => {
    const given = [...rest, ...more];
    const config = isLocal && !given.some((arg) => arg.startsWith("--config-file")) ? localConfiguration(stack) : [];
    const all = [...operationArguments(operation, { stack, rest: given }, process.env), ...config];
    return (await run(pulumi, all, { cwd: root, env, output: "show" })).code;
  };
  if (operation !== "up") return once();
  const wayBack = { inputs: readInputs({ folder: root, stack }), kept: join(localState, "last-good", stack), goBack };
  return updateWithWayBack(wayBack, once);
}

/** Makes the development stack of a local state if it does not exist. Makes no other: a typing error would make a new stack. */
async function ensureStack(pulumi: string, stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const isDevelopment = isLocalBackend(process.env) && stack === "dev";
  return ask(pulumi, isDevelopment ? ["stack", "select", "--create"] : showName, stack, env);
}

/** Asks whether a stack exists. Selecting it would change the stack of the user's own `pulumi` commands in the checkout. */
const showName = ["stack", "--show-name"];

/** Runs a command of pulumi on a stack, and throws if the stack does not exist. */
async function ask(pulumi: string, command: readonly string[], stack: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await run(pulumi, [...command, "--stack", stack, "--non-interactive"], {
    cwd: stackFolder(),
    env,
  });
  if (code !== 0) throw await stackFailure(pulumi, stack, output, env);
}

/** Makes the failure of a command about a stack: the stack does not exist, or else the command's own message. */
async function stackFailure(pulumi: string, stack: string, output: string, env: NodeJS.ProcessEnv): Promise<Failure> {
  const { code, stdout } = await run(pulumi, ["stack", "ls", "--json"], { cwd: stackFolder(), env });
  const names = code === 0 ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name) : undefined;
  return new Failure((names && missingStack(stack, names)) ?? output.trim());
}

/** Returns the message that a stack does not exist, with the most similar name and all names; nothing if it exists. */
export function missingStack(stack: string, names: readonly string[]): string | undefined {
  const known = names.map(shortName);
  if (known.includes(shortName(stack))) return undefined;
  const meant = nearest(shortName(stack), known);
  return [
    `There is no stack ${stack}.${meant === undefined ? "" : ` ${didYouMean(meant)}`}`,
    known.length === 0 ? "There are no stacks yet." : `Stacks: ${[...known].sort().join(", ")}.`,
    `A new one is made by: npm run stack -- init ${stack}`,
  ].join("\n");
}

/** Runs a command of pulumi about a stack itself. Returns pulumi's exit code. Throws if it needs a stack that does not exist. */
export async function manageStack(command: StackCommand, engine: Engine, file: string): Promise<number> {
  const { args, existing, secretOf } = command;
  const env = stackEnvironment(process.env, engine, file);
  const pulumi = pulumiProgram(engine);
  if (existing !== undefined) await ask(pulumi, showName, existing, env);
  if (secretOf !== undefined) await ensureStack(pulumi, secretOf, env);
  if (secretOf !== undefined && isLocalBackend(process.env)) addSalt(secretOf);
  const cwd = secretOf === undefined ? stackFolder() : root;
  return (await run(pulumi, args, { cwd, env, output: "show" })).code;
}

/** Puts the salt of a stack's local state into the stack's file, so that the secrets in it are encrypted with that salt. */
function addSalt(stack: string): void {
  const name = settingsFile(stack);
  const [own, kept] = [join(root, name), join(localProject(), name)].map(textIfAny) as [string, string];
  writeFileSync(join(root, name), withSalt(own, kept));
}

/** The folder in which stacks are made, selected and removed. */
const stackFolder = (): string => (isLocalBackend(process.env) ? localProject() : root);

/**
 * A folder beside the state with a copy of `Pulumi.yaml`, in which stacks are made. Pulumi writes the encryption salt of a
 * new stack into that stack's file, and the files of the checkout must stay as git has them.
 */
function localProject(): string {
  mkdirSync(localProjectFolder, { recursive: true });
  copyFileSync(join(root, "Pulumi.yaml"), join(localProjectFolder, "Pulumi.yaml"));
  return localProjectFolder;
}

/** Options that name a copy of the checkout's stack file, with the salt of the local state. */
function localConfiguration(stack: string): string[] {
  const name = settingsFile(stack);
  const kept = join(localProjectFolder, name);
  writeFileSync(kept, withSalt(textIfAny(join(root, name)), textIfAny(kept)));
  return ["--config-file", kept];
}

const textIfAny = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** Adds the salt of another stack file to `own`, unless `own` states how its secrets are encrypted. */
export function withSalt(own: string, other: string): string {
  const [salt] = /^encryptionsalt: .*$/m.exec(other) ?? [];
  if (salt === undefined || /^(encryptionsalt|secretsprovider|encryptedkey):/m.test(own)) return own;
  return `${own}${own === "" || own.endsWith("\n") ? "" : "\n"}${salt}\n`;
}

/** The outputs of a stack, read from its state. */
export async function stackOutputs(args: readonly string[], engine: Engine, file: string): Promise<unknown> {
  const env = stackEnvironment(process.env, engine, file);
  const { stack } = stackArguments(args);
  const pulumi = pulumiProgram(engine);
  const show = ["stack", "output", "--json", "--stack", stack];
  const { code, stdout, output } = await run(pulumi, show, { cwd: root, env });
  if (code !== 0) throw await stackFailure(pulumi, stack, output, env);
  return JSON.parse(stdout);
}

export function pulumiProgram(engine: Engine): string {
  return engine.source ? join(bin, "pulumi") : engine.pulumi;
}
