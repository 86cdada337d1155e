import { mkdirSync } from "node:fs";
import { clusterKubeconfig, clusterState, must, run } from "./host";

/*
 * The local cluster by kind, for machines that have kind and a container engine. Its images come from their registries. CI
 * has no container engine: tests cover the commands that are made here, but not their effect.
 */

const name = "telemetry";

/** Three workers, because the built cluster has three nodes. */
export const kindConfig = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
  - role: worker
  - role: worker
  - role: worker
`;

export function kindUp(kubeconfig: string): string[] {
  return ["create", "cluster", "--name", name, "--kubeconfig", kubeconfig, "--wait", "2m", "--config", "-"];
}

export function kindDown(kubeconfig: string): string[] {
  return ["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig];
}

async function isKindUp(kind: string): Promise<boolean> {
  const { code, stdout } = await run(kind, ["get", "clusters"]);
  return code === 0 && stdout.split("\n").includes(name);
}

export async function startKind(kind: string): Promise<void> {
  mkdirSync(clusterState, { recursive: true });
  if (await isKindUp(kind)) {
    await must(kind, ["export", "kubeconfig", "--name", name, "--kubeconfig", clusterKubeconfig]);
    return;
  }
  await must(kind, kindUp(clusterKubeconfig), { input: kindConfig });
}

export async function stopKind(kind: string): Promise<void> {
  await must(kind, kindDown(clusterKubeconfig));
}
