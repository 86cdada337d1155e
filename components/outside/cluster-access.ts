import * as pulumi from "@pulumi/pulumi";

/** How to reach the cluster. A missing field means what `kubectl` would use: KUBECONFIG or `~/.kube/config`. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. */
  readonly kubeconfig?: string;
  /** Context in it. Defaults to its current one. */
  readonly context?: string;
}

/** Makes an input of a resource from it. A kubeconfig's content holds credentials, so every kubeconfig is secret. */
export function accessAsInput({ kubeconfig, context }: ClusterAccess): pulumi.Inputs {
  return { kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig), context };
}
