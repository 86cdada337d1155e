import type { CollectionModel, PipelineModel } from "../collector/model";
import type { Input } from "./define-input";
import { metricSwitches, selectRuntime, wantedMetrics } from "./runtime";
import { scopeProcessor } from "./scope";
import { duration } from "../collector/text";

const name = "runtime";

/** Name of the lease that its collectors share; who holds it collects. */
export const clusterStateLease = "telemetry-cluster-state";

/** Metrics of what the API server knows: workloads, pods and their containers. Only one of all its collectors collects. */
export function clusterStateInput(pipelines: readonly PipelineModel[], collection: CollectionModel): Input | undefined {
  const wanted = wantedMetrics(pipelines, "k8s_cluster");
  if (wanted.size === 0) return undefined;
  return {
    name,
    receivers: {
      k8s_cluster: {
        auth_type: "serviceAccount",
        collection_interval: duration(collection.intervals.runtime),
        node_conditions_to_report: [],
        k8s_leader_elector: "k8s_leader_elector",
        metrics: metricSwitches("k8s_cluster", wanted),
      },
    },
    extensions: {
      k8s_leader_elector: {
        auth_type: "serviceAccount",
        lease_name: clusterStateLease,
        lease_namespace: collection.leaseNamespace,
      },
    },
    processors: [scopeProcessor(name)],
    select: (pipeline) => selectRuntime(name, pipeline, wanted),
  };
}
