import { at, type KubernetesObject } from "../facts/objects";
import { isMergedSecret } from "../facts/telemetry";
import { objectRule } from "../rule";

export const mergedSecretImmutable = objectRule(
  {
    name: "merged-secret-immutable",
    description: "The Secret with all credentials is never edited: pods run with exactly what they were started with.",
    severity: "high",
    applies: isMergedSecret,
  },
  mutableViolations,
);

export function mutableViolations({ props: secret }: KubernetesObject): string[] {
  return at(secret, "immutable") === true
    ? []
    : ["set immutable to true: a changed credential makes a new Secret, and the pods roll to it."];
}
