/**
 * A metric of the runtime input. The list holds exactly the metrics that the collector in the cluster has: its
 * configuration names each of them, and the collector does not start with a metric that a receiver does not know.
 */
export interface RuntimeMetric {
  readonly name: string;
  readonly receiver: "kubeletstats" | "k8s_cluster";
  /** Whether it is collected whenever its resource is. `additionalMetrics` adds the others. */
  readonly byDefault: boolean;
}

const memory = "memory.available memory.rss memory.usage memory.working_set";
const pageFaults = "memory.major_page_faults memory.page_faults";
const filesystem = "filesystem.available filesystem.capacity filesystem.usage";
const network = "network.errors network.io";
const utilization =
  "cpu.node.utilization cpu_limit_utilization cpu_request_utilization " +
  "memory.node.utilization memory_limit_utilization memory_request_utilization";

type Names = Readonly<Record<string, string>>;
const tables: readonly [RuntimeMetric["receiver"], byDefault: boolean, Names][] = [
  [
    "kubeletstats",
    true,
    {
      container: `cpu.time cpu.usage ${filesystem} ${memory} ${pageFaults}`,
      "k8s.pod": `cpu.time cpu.usage ${filesystem} ${memory} ${pageFaults} ${network}`,
      "k8s.node": `cpu.usage ${filesystem} ${memory} ${network}`,
      "k8s.volume": "available capacity inodes inodes.free inodes.used",
    },
  ],
  [
    "kubeletstats",
    false,
    {
      container: "uptime",
      "k8s.container": utilization,
      "k8s.node": `cpu.time ${pageFaults} uptime`,
      "k8s.pod": `${utilization} uptime volume.usage`,
    },
  ],
  [
    "k8s_cluster",
    true,
    {
      "k8s.container": "cpu_limit cpu_request memory_limit memory_request restarts",
      "k8s.daemonset": "current_scheduled_nodes desired_scheduled_nodes misscheduled_nodes ready_nodes",
      "k8s.deployment": "available desired",
      "k8s.job": "active_pods desired_successful_pods failed_pods max_parallel_pods successful_pods",
      "k8s.pod": "phase",
      "k8s.statefulset": "current_pods desired_pods ready_pods updated_pods",
    },
  ],
  [
    "k8s_cluster",
    false,
    {
      "k8s.container":
        "ephemeralstorage_limit ephemeralstorage_request ready status.reason status.state storage_limit storage_request",
      "k8s.cronjob": "active_jobs",
      "k8s.hpa": "current_replicas desired_replicas max_replicas min_replicas",
      "k8s.namespace": "phase",
      "k8s.node": "condition",
      "k8s.pod": "status_reason",
      "k8s.replicaset": "available desired",
      "k8s.replication_controller": "available desired",
      "k8s.resource_quota": "hard_limit used",
      "k8s.service": "endpoint.count load_balancer.ingress.count",
    },
  ],
];

const namesOf = (names: Names): string[] =>
  Object.entries(names).flatMap(([prefix, rest]) => rest.split(" ").map((name) => `${prefix}.${name}`));

/** Every metric that `input.runtime.additionalMetrics` may name. */
export const runtimeMetrics: readonly RuntimeMetric[] = tables
  .flatMap(([receiver, byDefault, names]) => namesOf(names).map((name) => ({ name, receiver, byDefault })))
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** Metrics that only later collectors have. The message about such a name gives this reason. */
export const laterMetrics: readonly string[] = namesOf({
  "k8s.container": "ephemeral_storage.usage",
  "k8s.node.system_container": "cpu.time cpu.usage memory.usage memory.working_set",
  "k8s.persistentvolume": "status.phase storage.capacity",
  "k8s.persistentvolumeclaim": "status.phase storage.capacity storage.request",
});
