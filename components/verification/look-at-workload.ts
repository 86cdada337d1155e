import type { Cluster } from "./cluster";
import { suspectNodes, type RolloutFacts } from "./daemon-nodes";
import type { PodState } from "./pod-facts";
import { whyRefused } from "./pod-refusal";
import type { CollectorTarget } from "./targets";
import { isSettled, workloadHealth, type WorkloadHealth, type WorkloadState } from "./workload-health";

/** A collector's workload at one moment. */
export interface WorkloadLook {
  readonly workload: WorkloadState | undefined;
  readonly pods: readonly PodState[];
  /** Only for a DaemonSet that is not ready everywhere, and only if everything could be read. */
  readonly facts?: RolloutFacts;
  readonly health: WorkloadHealth;
}

/** Reads the workload of a collector and its pods and, only if some are not ready, the nodes of these. */
export async function lookAtWorkload(
  cluster: Cluster,
  namespace: string,
  collector: CollectorTarget,
): Promise<WorkloadLook> {
  const [workload, pods] = await Promise.all([
    cluster.workload(namespace, collector),
    cluster.pods(namespace, collector.name),
  ]);
  const health = workloadHealth(namespace, collector, workload, pods);
  if (health.state === "ready" || workload === undefined || collector.workload !== "DaemonSet") {
    return { workload, pods, health };
  }
  const facts = await readFacts(cluster, namespace, collector.name, pods);
  return { workload, pods, facts, health: workloadHealth(namespace, collector, workload, pods, facts) };
}

/** Returns the health of a workload that is not ready, with the reason why new pods are refused if that can be read. */
export async function explainedHealth(
  cluster: Cluster,
  namespace: string,
  collector: CollectorTarget,
  { workload, pods, facts, health }: WorkloadLook,
): Promise<WorkloadHealth> {
  if (isSettled(health) || workload === undefined) return health;
  const refusal = await whyRefused(cluster, namespace, collector, { workload, pods, facts }).catch(() => undefined);
  return workloadHealth(namespace, collector, workload, pods, facts, refusal);
}

/** Without the rights to read them, every node counts as ready. */
async function readFacts(
  cluster: Cluster,
  namespace: string,
  name: string,
  pods: readonly PodState[],
): Promise<RolloutFacts | undefined> {
  try {
    const suspects = suspectNodes(pods, Date.now());
    const [revision, lost] = await Promise.all([
      cluster.revision(namespace, name),
      suspects.length === 0 ? {} : cluster.lostNodes(suspects),
    ]);
    return revision === undefined ? undefined : { revision, lost };
  } catch {
    return undefined;
  }
}
