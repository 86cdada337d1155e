import { KubeConfig } from "@kubernetes/client-node";
import type { ClusterAccess } from "./access";

/** Loads a kubeconfig. Throws if it cannot be read or parsed, or if it names no cluster. */
export function loadKubeConfig({ kubeconfig, context }: ClusterAccess): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else if (/\n|^\s*\{/.test(kubeconfig)) config.loadFromString(kubeconfig);
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    // A parser quotes the lines that it rejects, and a line may hold a token. A file system quotes only the path.
    const isOfFile = error instanceof Error && "syscall" in error;
    throw isOfFile ? error : new Error("the kubeconfig is not one: correct its YAML");
  }
  if (context !== undefined) config.setCurrentContext(context);
  if (!config.getCurrentCluster()) throw new Error("no cluster is configured");
  return config;
}
