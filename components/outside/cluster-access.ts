import * as pulumi from "@pulumi/pulumi";

/** How to reach the cluster; what is left out is taken as `kubectl` would, from KUBECONFIG or `~/.kube/config`. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. */
  readonly kubeconfig?: string;
  /** Context in it. Defaults to its current one. */
  readonly context?: string;
}

/** As an input of a resource. The content of a kubeconfig has credentials in it, so whatever is given is secret. */
export function accessAsInput({ kubeconfig, context }: ClusterAccess): pulumi.Inputs {
  return { kubeconfig: kubeconfig === undefined ? undefined : pulumi.secret(kubeconfig), context };
}
