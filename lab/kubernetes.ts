import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kubernetesVersions } from "./build";
import { bin, clusterState, Failure, local } from "./host";

/** A version of Kubernetes that the local cluster can have. */
export type KubernetesRelease = keyof typeof kubernetesVersions;

const minorOf = (release: KubernetesRelease): string => kubernetesVersions[release].slice(1).split(".", 2).join(".");
const releases = Object.keys(kubernetesVersions) as KubernetesRelease[];

/**
 * Reads `--kubernetes MINOR`, for example `--kubernetes 1.34`.
 * @returns nothing without the option: a cluster that runs keeps its version.
 * @throws Failure for a version that cannot be built.
 */
export function kubernetesOption(args: readonly string[]): KubernetesRelease | undefined {
  const wanted = valueOf(args);
  if (wanted === undefined) return undefined;
  const found = releases.find((release) => minorOf(release) === wanted);
  if (found) return found;
  throw new Failure(`--kubernetes ${wanted}: can be ${releases.map(minorOf).join(" or ")}.`);
}

function valueOf(args: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...args], options: { kubernetes: { type: "string" } } }).values.kubernetes;
  } catch (error) {
    throw new Failure(`${(error as Error).message}. The option is: -- --kubernetes ${minorOf("oldest")}`);
  }
}

/** The targets to build for a version, besides those of each cluster. */
export function kubernetesTarget(release: KubernetesRelease | undefined): readonly string[] {
  return release === "oldest" ? ["kube-oldest"] : [];
}

/**
 * Returns the folder with the programs of the cluster. For the oldest version, it is a folder of links to all built
 * programs with another `kube`.
 * @throws Failure if a cluster with another version runs.
 */
export function clusterPrograms(wanted: KubernetesRelease | undefined): string {
  const running = runningRelease();
  const release = wanted ?? running ?? "newest";
  if (running && running !== release) {
    throw new Failure(
      `The local cluster has Kubernetes ${minorOf(running)}, and its version cannot change. Remove it first: npm run cluster:down`,
    );
  }
  return release === "newest" ? bin : linkOldest();
}

const oldestFolder = join(local, "kubernetes-oldest");

function runningRelease(): KubernetesRelease | undefined {
  const record = join(clusterState, "state.json");
  if (!existsSync(record)) return undefined;
  return (JSON.parse(readFileSync(record, "utf8")) as { bin?: string }).bin === oldestFolder ? "oldest" : "newest";
}

function linkOldest(): string {
  rmSync(oldestFolder, { recursive: true, force: true });
  mkdirSync(oldestFolder, { recursive: true });
  for (const name of readdirSync(bin)) {
    symlinkSync(join(bin, name === "kube" ? "oldest/kube" : name), join(oldestFolder, name));
  }
  return oldestFolder;
}
