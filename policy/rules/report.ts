import type { StackValidationPolicy } from "@pulumi/policy";
import { judgements } from "../rule";

/**
 * Prints how many resources the other rules judged. A policy can report only violations, so the pack prints this text,
 * and Pulumi shows it among the diagnostics of the stack. The level `disabled` switches it off, as for any rule.
 */
export function report(rules: readonly string[]): StackValidationPolicy {
  return {
    name: "report",
    description: "Prints how many resources each rule judged.",
    enforcementLevel: "advisory",
    validateStack: () => console.log(judgements.report(rules)),
  };
}
