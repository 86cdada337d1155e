import { at, list, texts, type KubernetesObject, type StackObject, isMergedSecret, mergedSecretName } from "../facts";
import { stackRule } from "../rule";

const roles = ["rbac.authorization.k8s.io/v1:ClusterRole", "rbac.authorization.k8s.io/v1:Role"];

/** Gateway and agent mount the Secret, so no account has to read it through the API server. */
export const mergedSecretReaders = stackRule(
  {
    name: "merged-secret-readers",
    description: "No role of this stack can read the Secret with all credentials.",
    severity: "critical",
    applies: ({ type }) => roles.includes(type),
  },
  readerViolations,
);

function readerViolations(role: KubernetesObject, stack: readonly StackObject[]): string[] {
  const secrets = stack.filter(isMergedSecret);
  const isThere = ({ props: secret }: KubernetesObject): boolean =>
    role.type.endsWith(":ClusterRole") || at(secret, "metadata.namespace") === at(role.props, "metadata.namespace");
  if (!secrets.some(isThere)) return [];
  return list(at(role.props, "rules")).flatMap((rule, i) =>
    readsMergedSecret(rule)
      ? [
          `rules[${i}] lets its subjects read the merged Secret. Remove secrets, or list the required Secrets in resourceNames.`,
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
