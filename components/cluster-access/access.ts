/** How to reach the cluster. A missing field means what `kubectl` would use: KUBECONFIG or `~/.kube/config`. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. */
  readonly kubeconfig?: string;
  /** Context in it. Defaults to its current one. */
  readonly context?: string;
}
