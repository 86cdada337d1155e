/** Why the API server refuses a pod of a collector, in words that name the rule and the setting. */
export { explainRefusal } from "./explain-refusal";
export { addedCpuLimit, isAboutLimitRanges, limitRangeOf, type LimitRange } from "./limit-ranges";
export { afterDeletion } from "./missing-objects";
export type { RefusedPod } from "./refused-pod";
