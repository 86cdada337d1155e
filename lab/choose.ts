import { run } from "./host";

/** Programs of the machine that need not be built. */
export interface Machine {
  /** The path of an installed `pulumi`. */
  readonly pulumi?: string;
  /** The names of the resource plugins that this pulumi has. */
  readonly plugins: readonly string[];
  /** The path of an installed `kind`. */
  readonly kind?: string;
  /** The name of a container engine that runs. */
  readonly containerEngine?: string;
}

export type Choice<T> = { readonly use: T; readonly why: string };
export type Engine = { readonly source: true } | { readonly source: false; readonly pulumi: string };
export type ClusterKind = { readonly kind?: string };

const plugins = ["kubernetes", "random"];

/** Chooses the installed pulumi if it has all plugins. Building from source is the fallback. */
export function chooseEngine(machine: Machine, env: NodeJS.ProcessEnv): Choice<Engine> {
  if (forced(env)) return { use: { source: true }, why: "TELEMETRY_TOOLCHAIN=source" };
  if (!machine.pulumi) return { use: { source: true }, why: "no pulumi on the PATH" };
  const lacking = plugins.filter((plugin) => !machine.plugins.includes(plugin));
  if (lacking.length === 0) return { use: { source: false, pulumi: machine.pulumi }, why: machine.pulumi };
  return { use: { source: true }, why: `${machine.pulumi} lacks plugins: ${lacking.join(", ")}` };
}

export function chooseCluster(machine: Machine, env: NodeJS.ProcessEnv): Choice<ClusterKind> {
  if (forced(env)) return { use: {}, why: "TELEMETRY_TOOLCHAIN=source" };
  if (!machine.kind) return { use: {}, why: "no kind on the PATH" };
  if (!machine.containerEngine) return { use: {}, why: "kind is installed, but no container engine runs" };
  return { use: { kind: machine.kind }, why: `${machine.kind} with ${machine.containerEngine}` };
}

function forced(env: NodeJS.ProcessEnv): boolean {
  return env.TELEMETRY_TOOLCHAIN === "source";
}

/** Inspects the machine. `find` returns the path of a program, without the programs that were built here. */
export async function inspectMachine(find: (program: string) => string | undefined): Promise<Machine> {
  const [pulumi, kind] = [find("pulumi"), find("kind")];
  return {
    pulumi,
    plugins: pulumi ? await installedPlugins(pulumi) : [],
    kind,
    containerEngine: kind ? await runningEngine(find) : undefined,
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

async function runningEngine(find: (program: string) => string | undefined): Promise<string | undefined> {
  for (const engine of ["docker", "podman"]) {
    const program = find(engine);
    if (program && (await run(program, ["info"])).code === 0) return engine;
  }
  return undefined;
}
