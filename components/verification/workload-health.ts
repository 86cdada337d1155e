import type { CollectorKind } from "../contract";
import { daemonNodes, isKept, isReady, nodeOf, type DaemonNodes, type RolloutFacts } from "./daemon-nodes";
import type { PodState } from "./pod-facts";
import type { CollectorTarget } from "./targets";
import {
  allLost,
  crashing,
  imageMissing,
  noNodeMatches,
  notStarting,
  outOfMemory,
  podFailed,
  podProblems,
  podUnscheduled,
  rollingOut,
  runsElsewhere,
  runsEverywhere,
  workloadMissing,
  type PodPlace,
} from "./workload-words";

/** The fields of a DaemonSet from which its health follows. */
export interface WorkloadState {
  readonly metadata?: {
    readonly generation?: number;
    /** Authors of the object's parts, each with the time of its last change. */
    readonly managedFields?: readonly { readonly time?: unknown; readonly subresource?: string }[];
  };
  /** The API server's words about a pod of a Deployment that it refuses. For a DaemonSet, only events have them. */
  readonly refusal?: string;
  readonly spec?: {
    readonly updateStrategy?: {
      readonly rollingUpdate?: {
        readonly maxSurge?: number | string;
        readonly maxUnavailable?: number | string;
      };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
    /** Nodes that have a pod and should have none, such as a lost one whose taints the pods do not tolerate. */
    readonly numberMisscheduled?: number;
  };
}

interface DeploymentState {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

/** Converts a Deployment's state to that of a DaemonSet. */
export function deploymentState({ metadata, spec, status = {} }: DeploymentState): WorkloadState {
  const failure = status.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  return {
    metadata: { generation: metadata?.generation },
    refusal: failure?.message,
    status: {
      observedGeneration: status.observedGeneration,
      desiredNumberScheduled: spec?.replicas,
      updatedNumberScheduled: status.updatedReplicas,
      numberReady: status.readyReplicas,
    },
  };
}

/** Health of a collector's pods. */
export interface WorkloadHealth {
  /** Name of the collector. */
  readonly name: string;
  readonly kind: CollectorKind;
  /** `withoutLost`: ready on all nodes but those that are not ready themselves. */
  readonly state: "ready" | "withoutLost" | "rollingOut" | "notReady";
  readonly message: string;
}

/** Whether the workload is as ready as its nodes allow. */
export function isSettled({ state }: WorkloadHealth): boolean {
  return state === "ready" || state === "withoutLost";
}

/**
 * Judges the pods of a collector; `undefined` is a workload that does not exist. `conditions.ts` turns the state into a
 * reason. With `facts`, a DaemonSet does not have to be ready on nodes that are not: nothing can run there. `refusal` is
 * why new pods are refused, as sentences.
 */
export function workloadHealth(
  namespace: string,
  collector: CollectorTarget,
  found: WorkloadState | undefined,
  pods: readonly PodState[],
  facts?: RolloutFacts,
  refusal?: string,
): WorkloadHealth {
  const { kind, name } = collector;
  const health = (state: WorkloadHealth["state"], message: string): WorkloadHealth => ({ name, kind, state, message });
  if (found === undefined) return health("notReady", workloadMissing(collector));
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0 } = found.status ?? {};
  const { observedGeneration = 0, numberReady: ready = 0 } = found.status ?? {};
  const isObserved = observedGeneration >= (found.metadata?.generation ?? 0);
  if (isObserved && desired === 0) return health("notReady", noNodeMatches(collector));
  const isComplete = isObserved && updated >= desired && ready >= desired;
  const nodes = facts && daemonNodes(pods, facts);
  const lost = nodes?.lost ?? [];
  const current = pods.filter((pod) => isKept(pod) && !lost.includes(nodeOf(pod) ?? ""));
  const problems = current
    // An evicted pod of a Deployment remains after its replacement runs.
    .filter(({ status }) => !isComplete || status?.phase !== "Failed")
    .flatMap((pod) => podProblem(namespace, kind, pod) ?? []);
  if (refusal !== undefined && !isComplete) problems.unshift(refusal);
  if (problems.length > 0) return health("notReady", podProblems(problems));
  if (isComplete) return health("ready", runsEverywhere(collector, desired));
  const named = lost.map((node) => ({ node, why: facts?.lost[node] ?? "" }));
  // Lost nodes are in one number or the other.
  const all = desired + (found.status?.numberMisscheduled ?? 0);
  if (lost.length > 0 && lost.length >= all) return health("notReady", allLost(named));
  if (isObserved && nodes && lost.length > 0 && isRolledElsewhere(nodes, all)) {
    return health("withoutLost", runsElsewhere(collector, nodes.rolled.length, named));
  }
  const waiting = current.filter((pod) => !isReady(pod)).map(placeOf);
  return health("rollingOut", rollingOut(collector, namespace, { desired, updated, ready, waiting, lost: named }));
}

/** Nodes without pods are not known by name, so all nodes must have some. */
function isRolledElsewhere({ rolled, old, moving, lost }: DaemonNodes, all: number): boolean {
  return old.length + moving.length === 0 && rolled.length + lost.length >= all;
}

const placeOf = (pod: PodState): PodPlace => ({ pod: pod.metadata.name, node: nodeOf(pod) });

/** Reasons of Kubernetes for which a container waits or has ended. */
const kubernetesReasons = {
  /** Part of every start. */
  starting: ["ContainerCreating", "PodInitializing"],
  image: ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"],
  outOfMemory: "OOMKilled",
  crashing: "CrashLoopBackOff",
} as const;

const isOneOf = (reasons: readonly string[], reason: string): boolean => reasons.includes(reason);

function podProblem(namespace: string, kind: CollectorKind, pod: PodState): string | undefined {
  const { phase, reason, message, conditions = [], containerStatuses = [] } = pod.status ?? {};
  const where = placeOf(pod);
  if (phase === "Failed") return podFailed(where, reason, message);
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  if (phase === "Pending" && scheduled?.status === "False") return podUnscheduled(where, kind, scheduled.message);
  for (const { image, restartCount, state = {}, lastState = {} } of containerStatuses) {
    const waiting = state.waiting?.reason;
    const { terminated } = lastState;
    if (waiting === undefined || isOneOf(kubernetesReasons.starting, waiting)) continue;
    if (isOneOf(kubernetesReasons.image, waiting)) return imageMissing(where, kind, image, waiting);
    if (terminated?.reason === kubernetesReasons.outOfMemory) return outOfMemory(where, kind, restartCount);
    if (waiting === kubernetesReasons.crashing) {
      return crashing(where, kind, namespace, { exitCode: terminated?.exitCode, restarts: restartCount });
    }
    return notStarting(where, namespace, waiting);
  }
  return undefined;
}
