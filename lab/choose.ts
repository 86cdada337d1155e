import { run } from "./host";

/** Programs of the machine that need not be built. */
export interface Machine {
  /** The path of an installed `pulumi`. */
  readonly pulumi?: string;
  /** The names of the resource plugins that this pulumi has. */
  readonly plugins: readonly string[];
  /** The path of an installed `kind`. */
  readonly kind?: string;
  /** The container engine that runs. */
  readonly containerEngine?: ContainerEngine;
}

export type Choice<T> = { readonly use: T; readonly why: string };
export type Engine = { readonly source: true } | { readonly source: false; readonly pulumi: string };
/** The purpose of the cluster: the tests need the built one. */
export type Purpose = "use" | "tests";
export type ClusterKind = { readonly kind?: Kind };

/** An installed kind and the engine in which it runs its nodes. */
export interface Kind {
  readonly program: string;
  readonly engine: ContainerEngine;
}

/** The engines that kind can use, in the order in which kind itself looks for them, with the first words of their version. */
const engines = { docker: "Docker version", nerdctl: "nerdctl version", podman: "podman version" } as const;
export type ContainerEngine = keyof typeof engines;

/** The variable that names kind's engine. Without it, kind uses an installed Docker even if only podman runs. */
export const engineVariable = "KIND_EXPERIMENTAL_PROVIDER";

const plugins = ["kubernetes", "random"];

/** Chooses the installed pulumi if it has all plugins. Building from source is the fallback. */
export function chooseEngine(machine: Machine, env: NodeJS.ProcessEnv): Choice<Engine> {
  if (forced(env)) return { use: { source: true }, why: "TELEMETRY_TOOLCHAIN=source" };
  if (!machine.pulumi) return { use: { source: true }, why: "no pulumi on the PATH" };
  const lacking = plugins.filter((plugin) => !machine.plugins.includes(plugin));
  if (lacking.length === 0) return { use: { source: false, pulumi: machine.pulumi }, why: machine.pulumi };
  return { use: { source: true }, why: `${machine.pulumi} lacks plugins: ${lacking.join(", ")}` };
}

/** Chooses kind if it can run here, and the built cluster for tests that only it can serve. */
export function chooseCluster(machine: Machine, env: NodeJS.ProcessEnv, purpose: Purpose = "use"): Choice<ClusterKind> {
  if (purpose === "tests") return { use: {}, why: "the tests stop its nodes and load images into them" };
  if (forced(env)) return { use: {}, why: "TELEMETRY_TOOLCHAIN=source" };
  if (!machine.kind) return { use: {}, why: "no kind on the PATH" };
  const { kind: program, containerEngine: engine } = machine;
  if (!engine) return { use: {}, why: noEngine(env[engineVariable]) };
  return { use: { kind: { program, engine } }, why: `${program} with ${engine}` };
}

function noEngine(wanted: string | undefined): string {
  if (!wanted) return "kind is installed, but no container engine runs";
  return `kind is installed, but ${engineVariable} names ${wanted}, which does not run`;
}

function forced(env: NodeJS.ProcessEnv): boolean {
  return env.TELEMETRY_TOOLCHAIN === "source";
}

/** Inspects the machine. `find` returns the path of a program, without the programs that were built here. */
export async function inspectMachine(
  find: (program: string) => string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Machine> {
  const [pulumi, kind] = [find("pulumi"), find("kind")];
  return {
    pulumi,
    plugins: pulumi ? await installedPlugins(pulumi) : [],
    kind,
    containerEngine: kind ? await runningEngine(find, env[engineVariable]) : undefined,
  };
}

async function installedPlugins(pulumi: string): Promise<string[]> {
  const { code, stdout } = await run(pulumi, ["plugin", "ls", "--json"]);
  return code === 0 ? pluginNames(stdout) : [];
}

export function pluginNames(json: string): string[] {
  const list = JSON.parse(json) as { name: string; kind: string }[];
  return list.filter(({ kind }) => kind === "resource").map(({ name }) => name);
}

/** The engines to look for: the one that the user has named for kind, or all. */
export function enginesToTry(wanted: string | undefined): ContainerEngine[] {
  const all = Object.keys(engines) as ContainerEngine[];
  return wanted ? all.filter((engine) => engine === wanted) : all;
}

/** Whether a program is the engine of its name. `docker` may also be podman, which kind cannot use as a Docker. */
export function isEngine(engine: ContainerEngine, version: string): boolean {
  return version.startsWith(engines[engine]);
}

async function runningEngine(
  find: (program: string) => string | undefined,
  wanted: string | undefined,
): Promise<ContainerEngine | undefined> {
  for (const engine of enginesToTry(wanted)) {
    const program = find(engine);
    if (!program || !isEngine(engine, (await run(program, ["-v"])).stdout)) continue;
    if ((await run(program, ["info"])).code === 0) return engine;
  }
  return undefined;
}
