import { at, list, quoted, texts, type KubernetesObject, isManagers } from "../facts";
import { objectRule } from "../rule";

const group = "rbac.authorization.k8s.io/v1";
const roles = [`${group}:ClusterRole`, `${group}:Role`];
const bindings = [`${group}:ClusterRoleBinding`, `${group}:RoleBinding`];

/** Resources that give access to the data or the rights of others, each with the reason. */
export const dangerousResources: Readonly<Record<string, string>> = {
  "nodes/proxy": "it runs commands in every pod of the node; nodes/stats and nodes/metrics are enough for metrics",
  "pods/exec": "it runs commands in pods",
  "pods/attach": "it runs commands in pods",
  "pods/portforward": "it reaches every port of pods",
  "serviceaccounts/token": "it gives the rights of other accounts",
};
/** The manager proves pipelines through the ports of gateway and agent, which are in one namespace. */
const neededByManager = ["pods/portforward"];
const dangerousVerbs = ["escalate", "bind", "impersonate"];
const builtInRoles = ["cluster-admin", "admin", "edit", "view"];

export const rbacLeastPrivilege = objectRule(
  {
    name: "rbac-least-privilege",
    description: "No right gives access to more rights, or to data that telemetry does not need.",
    severity: "critical",
    applies: ({ type }) => [...roles, ...bindings].includes(type),
  },
  rightsViolations,
);

function rightsViolations(object: KubernetesObject): string[] {
  if (bindings.includes(object.type)) return bindingViolations(object);
  const isClusterWide = object.type === `${group}:ClusterRole`;
  const needed = !isClusterWide && isManagers(object) ? neededByManager : [];
  return [
    ...(isClusterWide && at(object.props, "aggregationRule") !== undefined
      ? ["aggregationRule adds the rules of other roles. List the rules instead."]
      : []),
    ...list(at(object.props, "rules")).flatMap((rule, i) =>
      ruleViolations(rule, isClusterWide, needed).map((problem) => `rules[${i}]: ${problem}`),
    ),
  ];
}

function ruleViolations(rule: unknown, isClusterWide: boolean, needed: readonly string[]): string[] {
  const resources = texts(at(rule, "resources"));
  return [
    ...["apiGroups", "resources", "verbs", "nonResourceURLs"]
      .filter((field) => texts(at(rule, field)).some((item) => item.includes("*")))
      .map((field) => `${field} has a wildcard. Name each item that is needed.`),
    ...resources.flatMap((resource) => {
      const why = dangerousResources[resource];
      return why === undefined || needed.includes(resource) ? [] : [`resources has ${resource}. Remove it: ${why}.`];
    }),
    ...(isClusterWide && resources.some((resource) => /^secrets(\/|$)/.test(resource))
      ? ["resources has the Secrets of the whole cluster. Use a Role in the namespace of the Secret."]
      : []),
    ...texts(at(rule, "verbs"))
      .filter((verb) => dangerousVerbs.includes(verb))
      .map((verb) => `verbs has ${verb}. Remove it: it gives rights that nobody granted.`),
  ];
}

function bindingViolations({ props }: KubernetesObject): string[] {
  const role = String(at(props, "roleRef.name"));
  return [
    ...(at(props, "roleRef.kind") === "ClusterRole" && (builtInRoles.includes(role) || role.startsWith("system:"))
      ? [`roleRef names ${role}. Bind a role that has only the required rules.`]
      : []),
    ...list(at(props, "subjects"))
      .filter((subject) => at(subject, "kind") === "Group" && String(at(subject, "name")).startsWith("system:"))
      .map((subject) => `subjects has the group ${quoted(subject)}. Name the service account instead.`),
  ];
}
