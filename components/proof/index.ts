/**
 * The proof at the end of an update: the interface of the Pulumi program to the verification. It is separate from the
 * verification, because the command line reads conditions without Pulumi's SDK, which takes seconds to load.
 */
export { BackendFlow } from "./backend-flow";
export { flowTargets } from "./flow-targets";
export { Rollout, seenByController } from "./rollout";
