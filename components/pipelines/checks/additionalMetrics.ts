import { error, type Finding } from "../findings";
import { didYouMean, nearest } from "../suggest";

const usage = ["cpu.time", "cpu.usage", "filesystem.available", "filesystem.capacity", "filesystem.usage"];
const memory = ["memory.available", "memory.major_page_faults", "memory.page_faults", "memory.rss", "memory.usage"];
const workingSet = "memory.working_set";
const utilization = ["cpu.node", "cpu_limit", "cpu_request", "memory.node", "memory_limit", "memory_request"];

const under = (prefix: string, names: readonly string[]): string[] => names.map((name) => `${prefix}.${name}`);
const utilizations = utilization.map((of) => (of.endsWith(".node") ? `${of}.utilization` : `${of}_utilization`));

/** What the receiver `kubelet_stats` can report, by the resource it is about. */
const kubelet = [
  ...under("container", [...usage, ...memory, workingSet, "uptime"]),
  ...under("k8s.pod", [
    ...usage,
    ...memory,
    workingSet,
    ...utilizations,
    "network.errors",
    "network.io",
    "uptime",
    "volume.usage",
  ]),
  ...under("k8s.node", [...usage, ...memory, workingSet, "network.errors", "network.io", "uptime"]),
  ...under("k8s.node.system_container", ["cpu.time", "cpu.usage", "memory.usage", workingSet]),
  ...under("k8s.container", [...utilizations, "ephemeral_storage.usage"]),
  ...under("k8s.volume", ["available", "capacity", "inodes", "inodes.free", "inodes.used"]),
];

/** What the receiver `k8s_cluster` can report about Kubernetes objects. */
const cluster = [
  ...under("k8s.container", [
    ...[
      "cpu_request",
      "cpu_limit",
      "memory_request",
      "memory_limit",
      "restarts",
      "ready",
      "status.reason",
      "status.state",
    ],
    ...["storage_request", "storage_limit", "ephemeralstorage_request", "ephemeralstorage_limit"],
  ]),
  ...under("k8s.cronjob", ["active_jobs"]),
  ...under("k8s.daemonset", [
    "current_scheduled_nodes",
    "desired_scheduled_nodes",
    "misscheduled_nodes",
    "ready_nodes",
  ]),
  ...under("k8s.deployment", ["available", "desired"]),
  ...under("k8s.hpa", ["current_replicas", "desired_replicas", "min_replicas", "max_replicas"]),
  ...under("k8s.job", [
    "active_pods",
    "desired_successful_pods",
    "failed_pods",
    "max_parallel_pods",
    "successful_pods",
  ]),
  ...under("k8s.namespace", ["phase"]),
  ...under("k8s.node", ["condition"]),
  ...under("k8s.persistentvolume", ["status.phase", "storage.capacity"]),
  ...under("k8s.persistentvolumeclaim", ["status.phase", "storage.capacity", "storage.request"]),
  ...under("k8s.pod", ["phase", "status_reason"]),
  ...under("k8s.replicaset", ["available", "desired"]),
  ...under("k8s.replication_controller", ["available", "desired"]),
  ...under("k8s.resource_quota", ["hard_limit", "used"]),
  ...under("k8s.service", ["endpoint.count", "load_balancer.ingress.count"]),
  ...under("k8s.statefulset", ["current_pods", "desired_pods", "ready_pods", "updated_pods"]),
];

/** Every metric that `input.runtime.additionalMetrics` may name. */
export const knownMetrics: readonly string[] = [...kubelet, ...cluster].sort();

export function checkAdditionalMetrics(names: readonly (string | undefined)[], path: string): Finding[] {
  return names.flatMap((name, i) => {
    if (name === undefined || knownMetrics.includes(name)) return [];
    const meant = nearest(name, knownMetrics);
    return [
      error(
        `${path}[${i}]`,
        "is no metric of the kubelet or of the cluster's state",
        meant === undefined ? "See the list of metrics in the pipeline reference" : didYouMean(meant),
      ),
    ];
  });
}
