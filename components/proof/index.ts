/**
 * The proof at the end of an update: the interface of the Pulumi program to the verification. It is separate from the
 * verification, so that the check has no resources: the command line and the manager run the same check without an update.
 */
export { BackendFlow } from "./backend-flow";
export { flowTargets } from "./flow-targets";
export { Rollout, seenByController } from "./rollout";
