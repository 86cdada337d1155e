import { run } from "../cli/process";

/** What the machine has that spares building it. */
export interface Machine {
  /** Path of an installed `pulumi`. */
  readonly pulumi?: string;
  /** Names of the resource plugins that pulumi has. */
  readonly plugins: readonly string[];
  /** Path of an installed `kind`. */
  readonly kind?: string;
  /** Name of a container engine that answers. */
  readonly containerEngine?: string;
}

export type Choice<T> = { readonly use: T; readonly why: string };
export type Engine = { readonly source: true } | { readonly source: false; readonly pulumi: string };
export type ClusterKind = { readonly kind?: string };

const plugins = ["kubernetes", "random"];

/** Building from source is the fallback, not the first choice. */
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
  if (!machine.containerEngine) return { use: {}, why: "kind is there, but no container engine runs" };
  return { use: { kind: machine.kind }, why: `${machine.kind} with ${machine.containerEngine}` };
}

function forced(env: NodeJS.ProcessEnv): boolean {
  return env.TELEMETRY_TOOLCHAIN === "source";
}

/** Looks at the machine. `find` tells where a program is, not counting those built here. */
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
