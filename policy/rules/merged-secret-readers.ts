import { at, list, texts, type KubernetesObject, type StackObject } from "../facts/objects";
import { isMergedSecret, mergedSecretName } from "../facts/telemetry";
import { stackRule } from "../rule";

const roles = ["rbac.authorization.k8s.io/v1:ClusterRole", "rbac.authorization.k8s.io/v1:Role"];

/** Mounting is all that gateway and agent need; no account has to read the Secret through the API server. */
export const mergedSecretReaders = stackRule(
  {
    name: "merged-secret-readers",
    description: "Nobody whom this stack gives rights to can read the Secret with all credentials.",
    severity: "critical",
    applies: ({ type }) => roles.includes(type),
  },
  readerViolations,
);

export function readerViolations(role: KubernetesObject, stack: readonly StackObject[]): string[] {
  const secrets = stack.filter(isMergedSecret);
  const isThere = ({ props: secret }: KubernetesObject): boolean =>
    role.type.endsWith(":ClusterRole") || at(secret, "metadata.namespace") === at(role.props, "metadata.namespace");
  if (!secrets.some(isThere)) return [];
  return list(at(role.props, "rules")).flatMap((rule, i) =>
    readsMergedSecret(rule)
      ? [
          `rules[${i}] lets its subjects read the merged Secret: leave secrets out, or name the wanted ones in resourceNames.`,
        ]
      : [],
  );
}

function readsMergedSecret(rule: unknown): boolean {
  const names = texts(at(rule, "resourceNames"));
  return (
    has(rule, "apiGroups", [""]) &&
    has(rule, "resources", ["secrets"]) &&
    has(rule, "verbs", ["get", "list", "watch"]) &&
    (names.length === 0 || names.some((name) => name.startsWith(mergedSecretName)))
  );
}

function has(rule: unknown, field: string, wanted: readonly string[]): boolean {
  return texts(at(rule, field)).some((item) => item === "*" || wanted.includes(item));
}
