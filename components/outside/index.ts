/** How a program reaches the cluster, and runs outside of the Pulumi program. */
export { accessAsInput, type ClusterAccess } from "./cluster-access";
export { DynamicProvider } from "./dynamic-provider";
