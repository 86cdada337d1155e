/**
 * The one way to run code outside the Pulumi program. Code that runs there imports `kubeconfig.ts` and
 * `innermost-message.ts` by their own names: this door loads Pulumi, which takes longer than most jobs.
 */
export { accessAsInput, type ClusterAccess } from "./cluster-access";
export { DynamicProvider } from "./dynamic-provider";
export { runJobSync } from "./run-job-sync";
