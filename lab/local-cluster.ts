import { existsSync } from "node:fs";
import { join } from "node:path";
import { collectorImage, collectorVersions, images } from "../components/contract";
import { ensureBuilt } from "./build";
import { ensurePackages } from "./debian";
import { hasKindCluster, isKindUp, kindKubectl, startKind, stopKind } from "./kind";
import { clusterPrograms, type KubernetesRelease } from "./kubernetes";
import type { Tools } from "./machine";
import { bin, clusterKubeconfig, clusterState, Failure, must, root, run } from "./host";

/** Images of the local cluster: name, program, and the program's path in the image, the same as in the published image. */
const loaded = [
  [images.collector, "otelcol-contrib", "/otelcol-contrib"],
  [collectorImage(collectorVersions.oldest), "otelcol-oldest", "/otelcol-contrib"],
  [images.prometheus, "prometheus", "/bin/prometheus"],
  [images.telemetrygen, "telemetrygen", "/telemetrygen"],
  ["telemetry.test/probe:1", "probe", "/probe"],
] as const;

const program = join(bin, "cluster");

export function upArguments(has: (program: string) => boolean, nodes = 3, programs = bin): string[] {
  const args = ["up", "--nodes", String(nodes), "--bin", programs, "--state", clusterState];
  for (const [name, file, path] of loaded) {
    if (has(file)) args.push("--image", `${name}=${join(bin, file)}=${path}`);
  }
  return args;
}

/** Checks the rights that the cluster needs, before the long build starts. The cluster itself checks the rest. */
export function checkPrivileges(tools: Tools, user = process.getuid?.()): void {
  if (tools.cluster.use.kind || user === 0) return;
  throw new Failure(
    "The local cluster makes network namespaces and mounts, for which it needs root. Run this as root, install kind and a " +
      "container engine, or name a context of your kubeconfig: TELEMETRY_KUBE_CONTEXT=my-context npm run up",
  );
}

/** The built cluster writes this file and removes it last. */
const builtState = join(clusterState, "state.json");

/** The message about a cluster of the other kind in this checkout, if there is one: both would write the same kubeconfig. */
export function otherCluster(wantsKind: boolean, there: { kind: boolean; built: boolean }): string | undefined {
  if (!(wantsKind ? there.built : there.kind)) return undefined;
  const [wanted, other] = wantsKind ? ["by kind", "built from source"] : ["built from source", "by kind"];
  return (
    `The local cluster should be ${wanted}, but this checkout still has one ${other}. ` +
    `Remove that one first: ${wantsKind ? "npm run cluster:down" : "TELEMETRY_TOOLCHAIN= npm run cluster:down"}`
  );
}

function refuseOther(wantsKind: boolean): void {
  const message = otherCluster(wantsKind, { kind: hasKindCluster(), built: existsSync(builtState) });
  if (message) throw new Failure(message);
}

/** Starts or repairs the cluster. Call it again to load images of programs that are built later. */
export async function startCluster(tools: Tools, nodes?: number, kubernetes?: KubernetesRelease): Promise<void> {
  const { kind } = tools.cluster.use;
  refuseOther(kind !== undefined);
  if (kind && kubernetes) {
    throw new Failure(
      "--kubernetes chooses the version of a cluster that is built from source: TELEMETRY_TOOLCHAIN=source",
    );
  }
  if (kind) return startKind(kind);
  await ensurePackages(["nftables", "iproute2"]);
  const args = upArguments((file) => existsSync(join(bin, file)), nodes, clusterPrograms(kubernetes));
  await must(program, args, { cwd: root, output: "show" });
}

export async function stopCluster(tools: Tools): Promise<void> {
  const { kind } = tools.cluster.use;
  if (existsSync(builtState)) {
    await ensureBuilt(["cluster"]);
    await must(program, ["down", "--state", clusterState], { cwd: root, output: "show" });
  }
  if (kind) return stopKind(kind);
  if (hasKindCluster()) {
    throw new Failure(
      `The local cluster was made by kind, which cannot be used now (${tools.cluster.why}). Make it available and run this ` +
        "again: npm run cluster:down",
    );
  }
}

export async function isClusterUp(tools: Tools): Promise<boolean> {
  const { kind } = tools.cluster.use;
  if (kind) return isKindUp(kind);
  if (!existsSync(clusterKubeconfig)) return false;
  return existsSync(program) && (await run(program, ["status", "--state", clusterState], { cwd: root })).code === 0;
}

/** The beginning of a `kubectl` command for the local cluster. A machine with kind need not have kubectl. */
export function clusterKubectl(tools: Tools): string[] {
  const { kind } = tools.cluster.use;
  return kind ? kindKubectl(kind) : ["kubectl", "--kubeconfig", clusterKubeconfig];
}
