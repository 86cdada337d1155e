import type { StackObject } from "../facts";
import { objectRule } from "../rule";

/** One protected resource is enough: a preview of `destroy` then fails. `destroy --skip-preview` keeps only that resource. */
export const protectedNamespace = objectRule(
  {
    name: "protected-namespace",
    description: "Nobody destroys a production stack by mistake: a preview of destroy fails.",
    level: "advisory",
    severity: "high",
    applies: ({ type, urn }) =>
      /^core\/v1:Namespace(?:Patch)?$/.test(type) && /:Telemetry\$kubernetes:core\/v1:Namespace(?:Patch)?::/.test(urn),
  },
  unprotectedViolations,
);

function unprotectedViolations({ protect }: Pick<StackObject, "protect">): string[] {
  return protect ? [] : ["set telemetry:protect to true in the stack's configuration."];
}
