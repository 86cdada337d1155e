/**
 * The one way to run code outside the Pulumi program. Two kinds of code go past this door:
 * - Jobs import `kubeconfig.ts` and its neighbours, because the door loads Pulumi, which takes longer than most jobs.
 * - Dynamic providers import `run-job.ts`, because the engine would store everything behind the door with their text.
 */
export { accessAsInput, type ClusterAccess } from "./cluster-access";
export { DynamicProvider } from "./dynamic-provider";
export { runJobSync } from "./run-job-sync";
