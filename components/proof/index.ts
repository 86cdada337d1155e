/**
 * The proof at the end of an update: what the Pulumi program hands to the verification. It is apart from the
 * verification itself, because the command line reads conditions without Pulumi's SDK, which takes seconds to load.
 */
export { BackendFlow } from "./backend-flow";
export { flowTargets } from "./flow-targets";
