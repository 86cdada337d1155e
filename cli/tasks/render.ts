import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chooseTools, engineNeeds, ensureBuilt } from "../../lab";
import { kubeconfigIfAny } from "../context";
import { Failure, must, root, run as runProgram } from "../../lab/host";
import { settingsFile, shortName } from "../../manager";
import {
  renderArguments,
  type RenderArguments,
  checkFolder,
  writeFolder,
  renderedFiles,
  renderProject,
  updateWarnings,
} from "../render";
import { isLocalBackend, pulumiProgram, stackEnvironment } from "../stack";

export async function run(args: readonly string[]): Promise<number> {
  const wanted = renderArguments(args);
  const out = resolve(wanted.out);
  checkFolder(out);
  const tools = await chooseTools();
  await ensureBuilt(engineNeeds(tools));
  // Only pipelines that reference Secrets, or want monitors, need a cluster, to read them from.
  const env = stackEnvironment(process.env, tools.engine.use, await kubeconfigIfAny());
  const work = mkdtempSync(join(tmpdir(), "telemetry-render-"));
  try {
    const { manifests, warnings } = await render(pulumiProgram(tools.engine.use), wanted, env, work);
    const files = renderedFiles(manifests, wanted.secrets);
    writeFolder(out, files);
    for (const warning of warnings) console.error(`warning: ${warning}`);
    console.log(`${files.length} files of stack ${wanted.stack} in ${out}`);
    if (wanted.secrets) console.log("Secrets are among them, in plain text.");
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface Rendered {
  /** The objects as the provider wrote them. */
  readonly manifests: readonly string[];
  /** Warnings about the configuration, as `up` prints them. */
  readonly warnings: readonly string[];
}

/** Renders the manifests with a stack of the same configuration, whose state is then removed. */
async function render(
  pulumi: string,
  { stack: wanted }: RenderArguments,
  env: NodeJS.ProcessEnv,
  work: string,
): Promise<Rendered> {
  // In plain text, so that the encryption of the stack does not matter: this temporary stack has its own key.
  const config = await configuration(pulumi, wanted, env, work);
  // A state in files has no organisations.
  const stack = shortName(wanted);
  const folder = join(work, "rendered");
  const files = renderProject(readFileSync(join(root, "Pulumi.yaml"), "utf8"), root, config, folder);
  writeFileSync(join(work, "Pulumi.yaml"), files.project);
  writeFileSync(join(work, settingsFile(stack)), files.stack, { mode: 0o600 });
  const own = {
    ...withOwnState(env, join(work, "state")),
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  };
  await must(pulumi, ["stack", "init", stack, "--non-interactive"], { cwd: work, env: own });
  const events = join(work, "events");
  writeFileSync(events, "", { mode: 0o600 });
  const quiet = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
  const up = ["up", "--stack", stack, ...quiet, "--event-log", events];
  const { code, output } = await runProgram(pulumi, up, { cwd: work, env: own });
  if (code !== 0) throw new Failure(output.slice(Math.max(0, output.indexOf("Diagnostics:"))));
  const folders = ["0-crd", "1-manifest"].map((name) => join(folder, name)).filter(existsSync);
  return {
    manifests: folders.flatMap((path) => readdirSync(path).map((file) => readFileSync(join(path, file), "utf8"))),
    warnings: updateWarnings(readFileSync(events, "utf8")),
  };
}

/** The stack's configuration in plain text, as JSON. It includes values from elsewhere, such as ESC. */
async function configuration(pulumi: string, stack: string, env: NodeJS.ProcessEnv, work: string): Promise<string> {
  const show = ["config", "--stack", stack, "--json", "--show-secrets"];
  if (!isLocalBackend(process.env)) return (await must(pulumi, show, { cwd: root, env })).stdout;
  // A local stack may not exist yet, and creating it would write to the stack's file.
  const cwd = join(work, "configuration");
  mkdirSync(cwd);
  for (const file of ["Pulumi.yaml", settingsFile(stack)]) {
    if (!existsSync(join(root, file)))
      throw new Failure(`The file ${file} does not exist. Name a stack that has one: --stack NAME`);
    copyFileSync(join(root, file), join(cwd, file));
  }
  const own = withOwnState(env, join(work, "no-state"));
  await must(pulumi, ["stack", "init", stack, "--non-interactive"], { cwd, env: own });
  return (await must(pulumi, show, { cwd, env: own })).stdout;
}

function withOwnState(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  mkdirSync(folder);
  return { ...env, PULUMI_BACKEND_URL: `file://${folder}` };
}
