import { at, list, texts, type KubernetesObject, componentOf } from "../facts";
import { objectRule } from "../rule";

/** Rights that a component may have, in a role of this kind. The fields are those of a role's rule. */
export interface AllowedRights {
  readonly component: string;
  readonly kind: "ClusterRole" | "Role";
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export interface ComputedRightsSettings {
  readonly allowed: readonly AllowedRights[];
}

const follow = ["list", "watch"];
const gateway = { component: "gateway", kind: "ClusterRole" } as const;
const logAgent = { component: "log-agent", kind: "ClusterRole" } as const;
const agent = { component: "agent", kind: "ClusterRole" } as const;
const agentRole = { component: "agent", kind: "Role" } as const;

/** All rights that any configuration of pipelines needs. The program grants fewer when fewer inputs are enabled. */
export const mostRights: readonly AllowedRights[] = [
  { ...gateway, apiGroups: [""], resources: ["nodes", "pods"], verbs: follow },
  { ...logAgent, apiGroups: [""], resources: ["nodes", "pods"], verbs: follow },
  {
    ...agent,
    apiGroups: [""],
    resources: ["namespaces", "nodes", "pods", "replicationcontrollers", "resourcequotas", "services"],
    verbs: follow,
  },
  {
    ...agent,
    apiGroups: [""],
    resources: ["nodes/pods", "nodes/stats", "persistentvolumeclaims", "persistentvolumes"],
    verbs: ["get"],
  },
  { ...agent, apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: follow },
  {
    ...agent,
    apiGroups: ["apps"],
    resources: ["daemonsets", "deployments", "replicasets", "statefulsets"],
    verbs: follow,
  },
  { ...agent, apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: follow },
  { ...agent, apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: follow },
  { ...agent, nonResourceURLs: ["/metrics"], verbs: ["get"] },
  { ...agentRole, apiGroups: [""], resources: ["pods", "services"], verbs: follow },
  { ...agentRole, apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: follow },
  { ...agentRole, apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "update"] },
];

const types = {
  "rbac.authorization.k8s.io/v1:ClusterRole": "ClusterRole",
  "rbac.authorization.k8s.io/v1:Role": "Role",
};
const kindOf = ({ type }: KubernetesObject): string | undefined => (types as Readonly<Record<string, string>>)[type];

export const rbacComputedRights = objectRule<ComputedRightsSettings>(
  {
    name: "rbac-computed-rights",
    description: "Gateway and agent have only rights that an input of a pipeline needs.",
    severity: "high",
    settings: {
      allowed: {
        type: "array",
        items: { type: "object" },
        default: mostRights.map((rights) => ({ ...rights })),
        description:
          "Rights that components may have, each with component, kind, apiGroups, resources, nonResourceURLs, verbs.",
      },
    },
    applies: (object) => kindOf(object) !== undefined && componentOf(object) !== undefined,
  },
  computedRightsViolations,
);

function computedRightsViolations(object: KubernetesObject, { allowed }: ComputedRightsSettings): string[] {
  const component = componentOf(object);
  const mine = allowed.filter((rights) => rights.component === component && rights.kind === kindOf(object));
  return list(at(object.props, "rules")).flatMap((rule, i) =>
    rightsOf(rule)
      .filter((right) => !mine.some((rights) => covers(rights, right)))
      .map(
        ({ verb, group, target }) =>
          `rules[${i}]: the ${component} has the right to ${verb} ${target}${group ? ` of ${group}` : ""}, which no input needs. Remove it.`,
      ),
  );
}

interface Right {
  readonly verb: string;
  readonly target: string;
  readonly group?: string;
}

/** Splits a rule into single rights. */
function rightsOf(rule: unknown): Right[] {
  return texts(at(rule, "verbs")).flatMap((verb) => [
    ...texts(at(rule, "nonResourceURLs")).map((target) => ({ verb, target })),
    ...texts(at(rule, "apiGroups")).flatMap((group) =>
      texts(at(rule, "resources")).map((target) => ({ verb, target, group })),
    ),
  ]);
}

function covers(rights: AllowedRights, { verb, target, group }: Right): boolean {
  if (!rights.verbs.includes(verb)) return false;
  if (group === undefined) return rights.nonResourceURLs?.includes(target) ?? false;
  return Boolean(rights.apiGroups?.includes(group) && rights.resources?.includes(target));
}
