import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterKubeconfig, local } from "./paths";
import { Failure, findOnPath, run } from "./process";

/** Which cluster is worked on. Never the current context by silence: that may be anybody's production. */
export type Destination = { readonly context: string } | { readonly kubeconfig: string };

export function chooseDestination(env: NodeJS.ProcessEnv, hasLocalCluster: boolean): Destination {
  if (env.TELEMETRY_KUBE_CONTEXT) return { context: env.TELEMETRY_KUBE_CONTEXT };
  if (hasLocalCluster) return { kubeconfig: clusterKubeconfig };
  throw new Failure(
    "Which cluster? Start the local one with `npm run cluster:up`, or name a context of your kubeconfig:\n\n" +
      "  TELEMETRY_KUBE_CONTEXT=my-context npm run up",
  );
}

/** The same, or one without any cluster when none was named and the local one does not run. */
export async function kubeconfigIfAny(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (env.TELEMETRY_KUBE_CONTEXT || existsSync(clusterKubeconfig)) return kubeconfig(env);
  mkdirSync(local, { recursive: true });
  const file = join(local, "no-cluster");
  writeFileSync(file, "apiVersion: v1\nkind: Config\n");
  return file;
}

/** A kubeconfig in which the wanted cluster is the only one, so that every tool that reads it gets that one. */
export async function kubeconfig(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const destination = chooseDestination(env, existsSync(clusterKubeconfig));
  if ("kubeconfig" in destination) return destination.kubeconfig;
  const { context } = destination;
  const kubectl = findOnPath("kubectl", env.PATH);
  if (!kubectl) throw new Failure("TELEMETRY_KUBE_CONTEXT needs kubectl on the PATH.");
  const view = ["config", "view", "--raw", "--flatten", "--minify", "--context", context];
  const { code, stdout, output } = await run(kubectl, view, { env });
  if (code !== 0) throw new Failure(`There is no context "${context}" in your kubeconfig.\n${output.trim()}`);
  mkdirSync(local, { recursive: true });
  const file = join(local, "kubeconfig");
  writeFileSync(file, stdout, { mode: 0o600 });
  return file;
}
