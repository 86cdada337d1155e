import { explainRefusal, isAboutLimitRanges } from "../admission";
import { collectorKinds } from "../contract";
import type { Cluster } from "./cluster";
import { isKept, nodeOf, type RolloutFacts } from "./daemon-nodes";
import { labelOfRevision, type PodState } from "./pod-facts";
import type { CollectorTarget } from "./targets";
import type { WorkloadState } from "./workload-health";
import { podRefused } from "./workload-words";

/** The fields of an event of a controller that could not create a pod. */
export interface FailedCreate {
  readonly message?: string;
  readonly lastTimestamp?: unknown;
  readonly eventTime?: unknown;
}

const timeOf = (time: unknown): number => (time ? new Date(time as string).getTime() : 0);

/**
 * Returns the API server's words in the newest event, if that is not older than `since`. Both times are the cluster's.
 * From the eleventh refusal on, Kubernetes combines them in one event with words of its own before the message.
 */
export function latestRefusal(events: readonly FailedCreate[], since: number): string | undefined {
  const lastSeen = ({ lastTimestamp, eventTime }: FailedCreate): number => timeOf(lastTimestamp ?? eventTime);
  const [newest] = events.filter((event) => lastSeen(event) >= since).sort((a, b) => lastSeen(b) - lastSeen(a));
  return newest?.message?.replace(/^\(combined from similar events\): /, "").replace(/^Error creating: /, "");
}

/** Returns when a workload itself was last changed, by the cluster's clock. Its controller changes only its status. */
function changedAt({ metadata: { managedFields = [] } = {} }: WorkloadState): number {
  const own = managedFields.filter(({ subresource }) => !subresource);
  return Math.max(0, ...own.map(({ time }) => timeOf(time)));
}

/** Whether nodes lack a pod of the wanted revision. With a surge, they still have an earlier one. */
function isShort({ status = {} }: WorkloadState, pods: readonly PodState[], facts: RolloutFacts | undefined): boolean {
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0 } = status;
  if (facts === undefined) return updated < desired;
  const wanted = pods.filter((pod) => isKept(pod) && pod.metadata.labels?.[labelOfRevision] === facts.revision);
  return new Set(wanted.map(nodeOf)).size < desired;
}

/** A workload that is not ready everywhere. */
interface Unready {
  readonly workload: WorkloadState;
  readonly pods: readonly PodState[];
  readonly facts?: RolloutFacts;
}

/** Returns why the API server refuses new pods of a workload, as sentences, if it does. */
export async function whyRefused(
  cluster: Pick<Cluster, "podRefusal" | "limitRanges">,
  namespace: string,
  { kind, workload: kindOfWorkload, name }: CollectorTarget,
  { workload, pods, facts }: Unready,
): Promise<string | undefined> {
  const readEvents = kindOfWorkload === "DaemonSet" && isShort(workload, pods, facts);
  const detail =
    workload.refusal ?? (readEvents ? await cluster.podRefusal(namespace, name, changedAt(workload)) : undefined);
  if (detail === undefined) return undefined;
  // Only messages name LimitRanges, so the right to list them is not required.
  const ranges = isAboutLimitRanges(detail) ? await cluster.limitRanges(namespace).catch(() => []) : [];
  const { setting: collector } = collectorKinds[kind];
  const explained = explainRefusal({ detail, namespace, collector, ranges });
  return podRefused(explained ?? { problem: `is refused (${detail})`, remedy: "Remove the cause" });
}
