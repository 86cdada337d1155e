/** Places planned collectors in the cluster. */
export { eligibleNodes, linuxOnly } from "./eligible-nodes";
export { LogAgent } from "./log-agent";
export { MetricAgent } from "./metric-agent";
export { egressTo } from "./network-policies";
export { OtlpGateway } from "./otlp-gateway";
export type { Placing } from "./placing";
export { stackNamespace } from "./stack-namespace";
export { restoringFields } from "./restored-fields";
export { everyNode, restrictedContainer, restrictedNamespaceLabels, restrictedPod } from "./pods";
