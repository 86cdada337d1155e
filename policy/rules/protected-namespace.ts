import type { StackObject } from "../facts/objects";
import { objectRule } from "../rule";

/** One protected resource is enough to end the preview of a `destroy`; without that preview, it saves itself only. */
export const protectedNamespace = objectRule(
  {
    name: "protected-namespace",
    description: "A stack in production is not destroyed by mistake: the preview of a destroy ends with an error.",
    level: "advisory",
    severity: "high",
    applies: ({ type, urn }) => type === "core/v1:Namespace" && /:Telemetry\$kubernetes:core\/v1:Namespace::/.test(urn),
  },
  unprotectedViolations,
);

export function unprotectedViolations({ protect }: Pick<StackObject, "protect">): string[] {
  return protect ? [] : ["set telemetry:protect to true in the stack's configuration."];
}
