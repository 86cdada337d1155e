import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterKubeconfig, Failure, findOnPath, local, run } from "../lab/host";

/** The cluster that a task works on. Never the current context unless you name it: that may be a production cluster. */
export type Destination = { readonly context: string } | { readonly kubeconfig: string };

export function chooseDestination(env: NodeJS.ProcessEnv, hasLocalCluster: boolean): Destination {
  if (env.TELEMETRY_KUBE_CONTEXT) return { context: env.TELEMETRY_KUBE_CONTEXT };
  if (hasLocalCluster) return { kubeconfig: clusterKubeconfig };
  throw new Failure(
    "No cluster is named, and the local one does not run. Start it with `npm run cluster:up`, or name a context of your " +
      "kubeconfig:\n\n" +
      "  TELEMETRY_KUBE_CONTEXT=my-context npm run up",
  );
}

/** Like `kubeconfig`, but returns one without a cluster if none is named and the local cluster does not run. */
export async function kubeconfigIfAny(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.TELEMETRY_KUBE_CONTEXT || existsSync(clusterKubeconfig)) return kubeconfig(env);
  mkdirSync(local, { recursive: true });
  const file = join(local, "no-cluster");
  writeFileSync(file, "apiVersion: v1\nkind: Config\n");
  return file;
}

/** A kubeconfig that has only the chosen cluster, so that every tool which reads it uses that cluster. */
export async function kubeconfig(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const destination = chooseDestination(env, existsSync(clusterKubeconfig));
  if ("kubeconfig" in destination) return destination.kubeconfig;
  const { context } = destination;
  const kubectl = findOnPath("kubectl", env.PATH);
  if (!kubectl) throw new Failure("TELEMETRY_KUBE_CONTEXT needs kubectl on the PATH. Install kubectl.");
  const view = ["config", "view", "--raw", "--flatten", "--minify", "--context", context];
  const { code, stdout, output } = await run(kubectl, view, { env });
  if (code !== 0)
    throw new Failure(`TELEMETRY_KUBE_CONTEXT: your kubeconfig has no context "${context}".\n${output.trim()}`);
  mkdirSync(local, { recursive: true });
  const file = join(local, "kubeconfig");
  writeFileSync(file, stdout, { mode: 0o600 });
  return file;
}
