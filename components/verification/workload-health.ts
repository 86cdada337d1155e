import type { CollectorKind } from "../contract";
import type { CollectorTarget } from "./targets";
import {
  crashing,
  imageMissing,
  noNodeMatches,
  notStarting,
  outOfMemory,
  podFailed,
  podProblems,
  podUnscheduled,
  rollingOut,
  runsEverywhere,
  workloadMissing,
  type PodPlace,
} from "./workload-words";

/** The fields of a DaemonSet from which its health follows. */
export interface WorkloadState {
  readonly metadata?: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

interface DeploymentState {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
}

/** Converts a Deployment's state to that of a DaemonSet. */
export function deploymentState({ metadata, spec, status = {} }: DeploymentState): WorkloadState {
  return {
    metadata: { generation: metadata?.generation },
    status: {
      observedGeneration: status.observedGeneration,
      desiredNumberScheduled: spec?.replicas,
      updatedNumberScheduled: status.updatedReplicas,
      numberReady: status.readyReplicas,
    },
  };
}

export interface PodState {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: unknown };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerState[];
  };
}

interface ContainerState {
  readonly image: string;
  readonly restartCount: number;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  readonly lastState?: { readonly terminated?: { readonly reason?: string; readonly exitCode?: number } };
}

/** Health of a collector's pods. */
export interface WorkloadHealth {
  /** Name of the collector. */
  readonly name: string;
  readonly kind: CollectorKind;
  readonly state: "ready" | "rollingOut" | "notReady";
  readonly message: string;
}

/** Judges the pods of a collector; `undefined` is a workload that does not exist. */
export function workloadHealth(
  namespace: string,
  collector: CollectorTarget,
  found: WorkloadState | undefined,
  pods: readonly PodState[],
): WorkloadHealth {
  const { kind, name } = collector;
  const health = (state: WorkloadHealth["state"], message: string): WorkloadHealth => ({ name, kind, state, message });
  if (found === undefined) return health("notReady", workloadMissing(collector));
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0 } = found.status ?? {};
  const { observedGeneration = 0, numberReady: ready = 0 } = found.status ?? {};
  const isObserved = observedGeneration >= (found.metadata?.generation ?? 0);
  if (isObserved && desired === 0) return health("notReady", noNodeMatches(collector));
  const isComplete = isObserved && updated >= desired && ready >= desired;
  const current = pods.filter(isCurrent);
  const problems = current
    // An evicted pod of a Deployment remains after its replacement runs.
    .filter(({ status }) => !isComplete || status?.phase !== "Failed")
    .flatMap((pod) => podProblem(namespace, kind, pod) ?? []);
  if (problems.length > 0) return health("notReady", podProblems(problems));
  if (isComplete) return health("ready", runsEverywhere(collector, desired));
  const waiting = current.filter((pod) => !isReady(pod)).map(placeOf);
  return health("rollingOut", rollingOut(collector, namespace, { desired, updated, ready, waiting }));
}

const placeOf = ({ metadata, spec }: PodState): PodPlace => ({ pod: metadata.name, node: spec?.nodeName });

/** Whether the pod is not being deleted. */
function isCurrent({ metadata }: PodState): boolean {
  return metadata.deletionTimestamp === undefined || metadata.deletionTimestamp === null;
}

export function isReady(pod: PodState): boolean {
  const conditions = pod.status?.conditions ?? [];
  return isCurrent(pod) && conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

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
      return crashing(where, namespace, terminated?.exitCode, restartCount);
    }
    return notStarting(where, namespace, waiting);
  }
  return undefined;
}
