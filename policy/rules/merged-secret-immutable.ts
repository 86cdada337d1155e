import { at, type KubernetesObject, isMergedSecret } from "../facts";
import { objectRule } from "../rule";

export const mergedSecretImmutable = objectRule(
  {
    name: "merged-secret-immutable",
    description:
      "The Secret with all credentials never changes, so pods run with exactly the content they started with.",
    severity: "high",
    applies: isMergedSecret,
  },
  mutableViolations,
);

function mutableViolations({ props: secret }: KubernetesObject): string[] {
  return at(secret, "immutable") === true
    ? []
    : ["set immutable to true. A changed credential then makes a new Secret, and the pods roll to it."];
}
