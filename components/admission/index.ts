/** Why the API server refuses a pod of a collector, in words that name the rule and the setting. */
export { explainRefusal, type RefusedPod } from "./explain-refusal";
export { addedCpuLimit, isAboutLimitRanges, limitRangeOf, type LimitRange } from "./limit-ranges";
