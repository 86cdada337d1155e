/**
 * The part of verification that a Pulumi program uses. It is apart from `index.ts`, because Pulumi's SDK takes two
 * seconds to load and the command line reads conditions without it.
 */

export { BackendFlow } from "./backend-flow";
export { flowTargets, revision, type ServedBy } from "./flow-targets";
