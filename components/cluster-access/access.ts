/** How to reach the cluster. Missing fields default as in `kubectl`: to KUBECONFIG or `~/.kube/config`. */
export interface ClusterAccess {
  /** Path or content of a kubeconfig. */
  readonly kubeconfig?: string;
  /** Context in the kubeconfig. Defaults to its current context. */
  readonly context?: string;
}
