import type { StackObject } from "../facts/objects";
import { objectRule } from "../rule";

/** Pulumi refuses a whole `destroy` when it would delete one protected resource, so one is enough. */
export const protectedNamespace = objectRule(
  {
    name: "protected-namespace",
    description: "A stack in production cannot be destroyed by one command.",
    level: "advisory",
    severity: "high",
    applies: ({ type, urn }) => type === "core/v1:Namespace" && /:Telemetry\$kubernetes:core\/v1:Namespace::/.test(urn),
  },
  unprotectedViolations,
);

export function unprotectedViolations({ protect }: Pick<StackObject, "protect">): string[] {
  return protect ? [] : ["set telemetry:protect to true in the stack's configuration."];
}
