import type { StackValidationPolicy } from "@pulumi/policy";
import { judgements } from "../rule";

/**
 * Says what the other rules have looked at. Policies have no channel for what is no violation; what a pack prints is
 * shown among the diagnostics of the stack. It violates nothing, so it is switched off like any rule: `disabled`.
 */
export function report(rules: readonly string[]): StackValidationPolicy {
  return {
    name: "report",
    description: "Tells which rules have judged how many resources.",
    enforcementLevel: "advisory",
    validateStack: () => console.log(judgements.report(rules)),
  };
}
