import type { types } from "@pulumi/kubernetes";
import { operatorApi, pipelineApi } from "../../components/contract";
import { mostRights, namesOutside } from "../../components/plan";
import type { SecretName } from "../../components/credentials";
import type { WantedMonitors } from "../references";
import { monitorKinds, pipelineKinds } from "../kinds";

type PolicyRule = types.input.rbac.v1.PolicyRule;

export interface ManagerRights {
  /** Rights in the whole cluster. */
  readonly cluster: readonly PolicyRule[];
  /** Rights by namespace. */
  readonly namespaces: Readonly<Record<string, readonly PolicyRule[]>>;
}

export interface RightsOf {
  /** The namespace of gateway and agent. */
  readonly telemetryNamespace: string;
  /** The namespace of the log agent, if a pipeline takes container logs. It must exist. */
  readonly logNamespace?: string;
  /** The namespace of the manager. */
  readonly namespace: string;
  /** All Secrets that pipelines reference. */
  readonly secrets: readonly SecretName[];
  /** Whether pipeline objects of the cluster are part of the stack. */
  readonly objects: boolean;
  /** The settings of pipelines about monitors of the Prometheus Operator. */
  readonly monitors: Pick<WantedMonitors, "wanted" | "secretNamespaces">;
}

const read = ["get", "list", "watch"];
const write = ["create", "update", "patch", "delete"];

/**
 * Returns exactly the rights that updates of a stack need. A Kubernetes account can grant only rights that it holds, so
 * these rights include all that any configuration grants to gateway and agent.
 */
export function managerRights(of: RightsOf): ManagerRights {
  const { telemetryNamespace, logNamespace, namespace, secrets, objects, monitors } = of;
  const granted = grantableRights();
  const outside = namesOutside(telemetryNamespace);
  return {
    cluster: [
      ...granted.cluster,
      named(["namespaces"], "", [telemetryNamespace, ...(logNamespace === undefined ? [] : [logNamespace])]),
      { apiGroups: [""], resources: ["namespaces"], verbs: ["create"] },
      // A rollout does not wait for nodes that are not ready.
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"] },
      // The uid of this namespace identifies the cluster.
      { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: ["get"] },
      named(["priorityclasses"], "scheduling.k8s.io", outside),
      { apiGroups: ["scheduling.k8s.io"], resources: ["priorityclasses"], verbs: ["create"] },
      named(["clusterroles", "clusterrolebindings"], "rbac.authorization.k8s.io", outside),
      {
        apiGroups: ["rbac.authorization.k8s.io"],
        resources: ["clusterroles", "clusterrolebindings"],
        verbs: ["create", "list", "watch"],
      },
      ...(objects ? objectRights : []),
      // A pipeline object may turn the input on at any time.
      ...(objects || monitors.wanted ? monitorRights : []),
    ],
    namespaces: merged([
      [telemetryNamespace, [...workRights, ...granted.own]],
      ...(logNamespace === undefined ? [] : [[logNamespace, workRights] as const]),
      // The API server's metrics are found through the Service `kubernetes`.
      ["default", [...roleRightsByName(outside), ...eventRights]],
      [namespace, [...leaseRights, ...eventRights]],
      ...bySecretNamespace(secrets),
      ...monitors.secretNamespaces.map((name) => [name, monitorSecretRights] as const),
    ]),
  };
}

const named = (resources: string[], group: string, resourceNames: string[]): PolicyRule => ({
  apiGroups: [group],
  resources,
  resourceNames,
  verbs: ["get", "update", "patch", "delete"],
});

const objectRights: readonly PolicyRule[] = [
  { apiGroups: [pipelineApi.group], resources: pipelineKinds.map(({ plural }) => plural), verbs: read },
  {
    apiGroups: [pipelineApi.group],
    resources: pipelineKinds.map(({ plural }) => `${plural}/status`),
    verbs: ["patch"],
  },
];

const monitorRights: readonly PolicyRule[] = [
  { apiGroups: [operatorApi.group], resources: monitorKinds.map(({ plural }) => plural), verbs: read },
];

/** Monitors come and go with other names of Secrets, so these rights are for all Secrets of a namespace that a user names. */
const monitorSecretRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["secrets", "configmaps"], verbs: read },
];

const roleRights: readonly PolicyRule[] = [
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: [...read, ...write],
  },
];

const roleRightsByName = (names: string[]): PolicyRule[] => [
  named(["roles", "rolebindings"], "rbac.authorization.k8s.io", names),
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: ["create", "list", "watch"],
  },
];

/** The engine waits for its objects to become ready, for which it watches them, their pods and their events. */
const workRights: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["configmaps", "pods", "secrets", "serviceaccounts", "services"],
    verbs: [...read, ...write],
  },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "get"] },
  { apiGroups: [""], resources: ["endpoints", "events", "persistentvolumeclaims"], verbs: read },
  // For messages that name the LimitRange that a pod breaks.
  { apiGroups: [""], resources: ["limitranges"], verbs: ["list"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments"], verbs: [...read, ...write] },
  { apiGroups: ["apps"], resources: ["controllerrevisions", "replicasets"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: [...read, ...write] },
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: [...read, ...write] },
  // The program makes them only in clusters that have these kinds.
  {
    apiGroups: [operatorApi.group],
    resources: ["podmonitors", "prometheusrules"],
    verbs: [...read, ...write],
  },
  ...roleRights,
];

const leaseRights: readonly PolicyRule[] = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
];
const eventRights: readonly PolicyRule[] = [{ apiGroups: [""], resources: ["events"], verbs: ["create"] }];

/** Grants rights to single Secrets by name. All other Secrets of the namespace stay closed. */
function bySecretNamespace(secrets: readonly SecretName[]): [string, PolicyRule[]][] {
  const namespaces = [...new Set(secrets.map(({ namespace }) => namespace))].sort();
  return namespaces.map((namespace) => {
    const resourceNames = secrets
      .filter((secret) => secret.namespace === namespace)
      .map(({ name }) => name)
      .sort();
    return [namespace, [{ apiGroups: [""], resources: ["secrets"], resourceNames, verbs: read }]];
  });
}

/** Returns all rights that the roles of gateway and agent can have: those of a pipeline with every input. */
function grantableRights(): { readonly cluster: readonly PolicyRule[]; readonly own: readonly PolicyRule[] } {
  const { cluster, namespaces } = mostRights();
  const inOthers = namespaces.filter(({ namespace }) => namespace !== undefined).flatMap(({ rules }) => rules);
  return {
    cluster: distinct([...cluster, ...inOthers]),
    own: distinct(namespaces.filter(({ namespace }) => namespace === undefined).flatMap(({ rules }) => rules)),
  };
}

function distinct(rules: readonly PolicyRule[]): PolicyRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function merged(all: readonly (readonly [string, readonly PolicyRule[]])[]): Record<string, readonly PolicyRule[]> {
  const byNamespace: Record<string, readonly PolicyRule[]> = {};
  for (const [namespace, rules] of all) {
    byNamespace[namespace] = distinct([...(byNamespace[namespace] ?? []), ...rules]);
  }
  return byNamespace;
}
