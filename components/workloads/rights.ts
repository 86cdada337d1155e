import type { types } from "@pulumi/kubernetes";
import type { PullRole } from "../plan/agent-config";
import { readsNode, readsPodsOfKubelet, readsVolumes } from "../inputs/kubelet";
import { wantedMetrics } from "../inputs/runtime";
import { apiServerObject } from "../inputs/api-server";
import { clusterStateLease } from "../inputs/cluster-state";
import type { PipelineModel } from "../collector/model";

type PolicyRule = types.input.rbac.v1.PolicyRule;

/** What collectors of a role may do; a namespace of nothing is their own. */
export interface Rights {
  readonly cluster: readonly PolicyRule[];
  readonly namespaces: readonly { readonly namespace?: string; readonly rules: readonly PolicyRule[] }[];
}

const get = ["get"];
const follow = ["list", "watch"];

/** The rights that the inputs of these pipelines need, each with the reason for it; none beyond. */
export function agentRights(role: PullRole, pipelines: readonly PipelineModel[]): Rights {
  switch (role) {
    case "node":
      return {
        cluster: [...enrichmentRights, ...prometheusRights(pipelines), ...kubeletRights(pipelines)],
        namespaces: [],
      };
    case "cluster-state":
      return {
        cluster: [...enrichmentRights, ...clusterStateRights],
        namespaces: [{ rules: leaseRights }],
      };
    case "api-server":
      return {
        cluster: [{ nonResourceURLs: ["/metrics"], verbs: get }],
        // The API server's own addresses are those of the Service `kubernetes`. Discovery follows all three kinds.
        namespaces: [{ namespace: "default", rules: discoveryRights({ resourceNames: [apiServerObject] }) }],
      };
  }
}

/** Metadata of pods and their nodes; the identity of the cluster is that of one namespace. */
export const enrichmentRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["pods", "nodes"], verbs: follow },
  { apiGroups: [""], resources: ["namespaces"], resourceNames: ["kube-system"], verbs: follow },
];

const discoveryRights = (only: Pick<PolicyRule, "resourceNames"> = {}): PolicyRule[] => [
  { apiGroups: [""], resources: ["services", "pods"], ...only, verbs: follow },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], ...only, verbs: follow },
];

/** Annotated Services are found through their endpoints. */
function prometheusRights(pipelines: readonly PipelineModel[]): PolicyRule[] {
  return pipelines.some(({ pull }) => pull?.prometheus) ? discoveryRights() : [];
}

function kubeletRights(pipelines: readonly PipelineModel[]): PolicyRule[] {
  const wanted = wantedMetrics(pipelines, "kubeletstats");
  if (wanted.size === 0) return [];
  // Kubernetes before 1.33 knows no right to the kubelet's pods alone.
  const resources = ["nodes/stats", ...(readsPodsOfKubelet(wanted) ? ["nodes/pods"] : [])];
  return [
    { apiGroups: [""], resources, verbs: get },
    // As soon as the receiver may ask the API server for its node, it looks up claims of volumes there, too.
    ...(readsVolumes(wanted) && readsNode(wanted)
      ? [{ apiGroups: [""], resources: ["persistentvolumeclaims", "persistentvolumes"], verbs: get }]
      : []),
  ];
}

/** The receiver follows all of these whichever of their metrics are wanted, and does not start without one of them. */
const clusterStateRights: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["namespaces", "replicationcontrollers", "resourcequotas", "services"], verbs: follow },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: follow },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: follow },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: follow },
];

/** The lease is there already, so that it goes with everything else. */
const leaseRights: readonly PolicyRule[] = [
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [clusterStateLease],
    verbs: ["get", "update"],
  },
];
