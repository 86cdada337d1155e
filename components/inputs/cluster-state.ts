import { duration } from "../collector";
import { clusterStateLease } from "../contract";
import { defineInput, type PolicyRule } from "./define-input";
import { metricSwitches, runtimeId, runtimeSetting, selectRuntime, wantedMetrics } from "./runtime";
import { scopeProcessor } from "./scope";

const receiver = "k8s_cluster";
const follow = ["list", "watch"];

/** Rights to all kinds that the receiver watches, wanted or not. It does not start if one of these is missing. */
const followed: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["namespaces", "replicationcontrollers", "resourcequotas", "services"], verbs: follow },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "replicasets", "statefulsets"], verbs: follow },
  { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: follow },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: follow },
];

/** The program creates the lease, so that it is deleted with everything else; a collector replaces a deleted one. */
const lease: readonly PolicyRule[] = [
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [clusterStateLease],
    verbs: ["get", "update"],
  },
  // A right to create cannot name its object.
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
];

/** Metrics of the cluster's state: workloads, pods and their containers. Only the collector with the lease collects. */
export const clusterState = defineInput({
  name: "cluster-state",
  setting: runtimeSetting,
  role: "cluster-state",
  isWanted: (selection) => wantedMetrics([selection], receiver).size > 0,
  collect: (all, { interval, leaseNamespace }) => {
    const wanted = wantedMetrics(
      all.map(({ selection }) => selection),
      receiver,
    );
    return {
      receivers: {
        [receiver]: {
          auth_type: "serviceAccount",
          collection_interval: duration(interval),
          node_conditions_to_report: [],
          k8s_leader_elector: "k8s_leader_elector",
          metrics: metricSwitches(receiver, wanted),
        },
      },
      extensions: {
        k8s_leader_elector: {
          auth_type: "serviceAccount",
          lease_name: clusterStateLease,
          lease_namespace: leaseNamespace,
        },
      },
      processors: [scopeProcessor(runtimeId)],
      select: (one) => selectRuntime(one, wanted),
    };
  },
  rights: () => ({ cluster: followed, namespaces: [{ rules: lease }] }),
  egress: () => [],
});
