export { BackendFlow } from "./backend-flow";
export type { PipelineStatus } from "./conditions";
export { flowTargets } from "./flow-targets";
export type { FlowTargets } from "./targets";
