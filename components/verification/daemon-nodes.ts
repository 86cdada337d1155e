import { labelOfRevision, type PodState } from "./pod-facts";

/** Facts about a DaemonSet whose pods are not all new and ready. They are read only then. */
export interface RolloutFacts {
  /** The current revision, which pods have as a label. */
  readonly revision: string;
  /** Nodes that are not ready, by name, with the reason of Kubernetes. */
  readonly lost: Readonly<Record<string, string>>;
}

/** The nodes that have pods of a DaemonSet, by the state of these. */
export interface DaemonNodes {
  /** The current revision is ready, and no other is left. */
  readonly rolled: readonly string[];
  /** An earlier revision is ready. */
  readonly old: readonly string[];
  /** A pod starts, ends or fails. */
  readonly moving: readonly string[];
  /** The node is not ready, whatever its pods are. */
  readonly lost: readonly string[];
}

/** Sorts the nodes of a DaemonSet's pods. */
export function daemonNodes(pods: readonly PodState[], { revision, lost }: RolloutFacts): DaemonNodes {
  const byNode = new Map<string, PodState[]>();
  for (const pod of pods) {
    const node = nodeOf(pod);
    if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), pod]);
  }
  const stateOf = (node: string, own: readonly PodState[]): keyof DaemonNodes => {
    if (Object.hasOwn(lost, node)) return "lost";
    const kept = own.filter(isKept);
    const [only] = kept;
    if (kept.length !== 1 || only === undefined || !isReady(only)) return "moving";
    return only.metadata.labels?.[labelOfRevision] === revision ? "rolled" : "old";
  };
  const sorted = { rolled: [], old: [], moving: [], lost: [] } as Record<keyof DaemonNodes, string[]>;
  for (const [node, own] of byNode) sorted[stateOf(node, own)].push(node);
  return sorted;
}

/** The node of a pod, also if the scheduler has not placed it yet: the controller of DaemonSets names it in the pod. */
export function nodeOf({ spec = {} }: PodState): string | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const fields = terms.flatMap(({ matchFields = [] }) => matchFields);
  return spec.nodeName ?? fields.find(({ key }) => key === "metadata.name")?.values?.[0];
}

/** Whether the pod is not being deleted. */
export function isKept({ metadata }: { readonly metadata: Pick<PodState["metadata"], "deletionTimestamp"> }): boolean {
  return metadata.deletionTimestamp === undefined || metadata.deletionTimestamp === null;
}

export function isReady(pod: PodState): boolean {
  const conditions = pod.status?.conditions ?? [];
  return isKept(pod) && conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** Seconds after which a pod that does not start or end makes its node suspect. Ordinary starts take less. */
const patience = 20;

/** Returns the nodes whose pods have been neither ready nor gone for a while. `now` is in milliseconds since 1970. */
export function suspectNodes(pods: readonly PodState[], now: number): string[] {
  const isOverdue = (since: unknown): boolean => now - new Date(since as string).getTime() > patience * 1000;
  const suspects = pods.filter((pod) => {
    if (isReady(pod)) return false;
    const { deletionTimestamp, creationTimestamp } = pod.metadata;
    // The time of deletion already has the grace period in it.
    const since = isKept(pod) ? creationTimestamp : deletionTimestamp;
    return since === undefined || isOverdue(since);
  });
  return [...new Set(suspects.flatMap((pod) => nodeOf(pod) ?? []))];
}
