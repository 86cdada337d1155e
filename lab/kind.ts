import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { engineVariable, type Kind } from "./choose";
import { clusterKubeconfig, clusterState, must, root, run } from "./host";

/*
 * The local cluster by kind, for machines that have kind and a container engine. Its images come from their registries. CI
 * has no container engine: unit tests cover the commands that are made here, and `npm run test:kind` covers their effect.
 */

/** The cluster's name. Each checkout has its own cluster, which is never one that you have made yourself. */
export function kindName(checkout: string): string {
  return `telemetry-${createHash("sha256").update(checkout).digest("hex").slice(0, 8)}`;
}

const name = kindName(root);
/** The node with the API server. It has `kubectl`, and kind sets its KUBECONFIG. */
const controlPlane = `${name}-control-plane`;

/** kind's configuration of this checkout's cluster. The file exists as long as the cluster. */
const configFile = join(clusterState, "kind.yaml");

/** Three workers, because the built cluster has three nodes. */
export const kindConfig = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
  - role: worker
  - role: worker
  - role: worker
`;

/** Time for nodes to start, in seconds. */
const patience = 120;

export function kindUp(config: string, kubeconfig: string): string[] {
  return [
    "create",
    "cluster",
    "--name",
    name,
    "--kubeconfig",
    kubeconfig,
    "--wait",
    `${patience}s`,
    "--config",
    config,
  ];
}

export function kindDown(kubeconfig: string): string[] {
  return ["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig];
}

/** The environment in which kind uses the engine that was chosen, not the one that it would find. */
function environment({ engine }: Kind): NodeJS.ProcessEnv {
  return { ...process.env, [engineVariable]: engine };
}

/** The beginning of a `kubectl` command that needs no kubectl on this machine. */
export function kindKubectl({ engine }: Kind): string[] {
  return [engine, "exec", controlPlane, "kubectl"];
}

/** Whether this checkout has a cluster by kind, even one that does not run. */
export function hasKindCluster(): boolean {
  return existsSync(configFile);
}

async function kindNodes(kind: Kind): Promise<string[]> {
  const { stdout } = await must(kind.program, ["get", "nodes", "--name", name], { env: environment(kind) });
  return stdout.split(/\s+/).filter((node) => node !== "");
}

/** Whether kind has finished the cluster: it writes the kubeconfig last. */
async function isKindComplete(kind: Kind): Promise<boolean> {
  return hasKindCluster() && existsSync(clusterKubeconfig) && (await kindNodes(kind)).length > 0;
}

/** Creates the cluster, or starts the nodes of one that was stopped. Removes what an interrupted creation has left. */
export async function startKind(kind: Kind): Promise<void> {
  mkdirSync(clusterState, { recursive: true });
  if (await isKindComplete(kind)) {
    await must(kind.engine, ["start", ...(await kindNodes(kind))]);
    const exportKubeconfig = ["export", "kubeconfig", "--name", name, "--kubeconfig", clusterKubeconfig];
    await must(kind.program, exportKubeconfig, { env: environment(kind) });
  } else {
    await stopKind(kind);
    mkdirSync(clusterState, { recursive: true });
    writeFileSync(configFile, kindConfig);
    // Its output shows the download of its image, which takes minutes the first time.
    await must(kind.program, kindUp(configFile, clusterKubeconfig), { env: environment(kind), output: "show" });
  }
  await waitForNodes(kind);
}

/** Waits for all nodes. kind itself waits for the control plane only. */
async function waitForNodes(kind: Kind): Promise<void> {
  const [engine = "", ...kubectl] = kindKubectl(kind);
  const wait = [...kubectl, "wait", "--for=condition=Ready", "nodes", "--all", `--timeout=${patience}s`];
  for (const end = Date.now() + patience * 1000; Date.now() < end; await sleep(1000)) {
    // kubectl reports an error at once if the API server does not answer yet.
    if ((await run(engine, [...kubectl, "get", "--raw", "/readyz"])).code === 0) break;
  }
  await must(engine, wait);
}

export async function stopKind(kind: Kind): Promise<void> {
  await must(kind.program, kindDown(clusterKubeconfig), { env: environment(kind) });
  // kind leaves a kubeconfig without a cluster, with which other commands would fail later.
  rmSync(clusterState, { recursive: true, force: true });
}

/** Whether the cluster can be used now. */
export async function isKindUp(kind: Kind): Promise<boolean> {
  if (!(await isKindComplete(kind))) return false;
  const [engine = "", ...kubectl] = kindKubectl(kind);
  return (await run(engine, [...kubectl, "get", "--raw", "/readyz"])).code === 0;
}
