import type { CollectorKind, CollectorTarget } from "./targets";

/** The parts of a DaemonSet and its pods that tell how they are. */
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

/** A Deployment in the words of a DaemonSet. */
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

/** How a collector's pods are. */
export interface WorkloadHealth {
  /** Of the collector. */
  readonly name: string;
  readonly kind: CollectorKind;
  readonly state: "ready" | "rollingOut" | "notReady";
  readonly message: string;
}

/** Problems that are told one by one; there is hardly ever a second kind. */
const told = 3;

/** How the pods of a collector are; `undefined` is a workload that is not there. */
export function workloadHealth(
  { kind, workload, name }: CollectorTarget,
  found: WorkloadState | undefined,
  pods: readonly PodState[],
): WorkloadHealth {
  const health = (state: WorkloadHealth["state"], message: string): WorkloadHealth => ({ name, kind, state, message });
  if (found === undefined) return health("notReady", `There is no ${workload} ${name}. Run pulumi up --refresh.`);
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0 } = found.status ?? {};
  const { observedGeneration = 0, numberReady: ready = 0 } = found.status ?? {};
  const isObserved = observedGeneration >= (found.metadata?.generation ?? 0);
  if (isObserved && desired === 0) {
    return health("notReady", `No node is to have a ${kind}. Check ${kind}.nodeSelector and ${kind}.tolerations.`);
  }
  const isComplete = isObserved && updated >= desired && ready >= desired;
  const current = pods.filter(isCurrent);
  const problems = current
    // An evicted pod of a Deployment stays when it is replaced long since.
    .filter(({ status }) => !isComplete || status?.phase !== "Failed")
    .flatMap((pod) => podProblem(kind, pod) ?? []);
  if (problems.length > 0) {
    const more = problems.length > told ? [`${problems.length - told} more pods have problems.`] : [];
    return health("notReady", [...problems.slice(0, told), ...more].join(" "));
  }
  const many = counted(desired, workload === "DaemonSet" ? "node" : "pod");
  if (isComplete) {
    return health("ready", workload === "DaemonSet" ? `Runs on ${many}.` : `Runs in ${many}.`);
  }
  return health(
    "rollingOut",
    `${updated} of ${many} have the new configuration, ${ready} are ready${butNot(current)}. ` +
      `Wait, or see kubectl -n NAMESPACE describe ${workload.toLowerCase()} ${name}.`,
  );
}

/** Which pods are not ready: those of a node that is away have no problem of their own to tell. */
function butNot(pods: readonly PodState[]): string {
  const waiting = pods.filter((pod) => !isReady(pod)).map(who);
  if (waiting.length === 0) return "";
  const more = waiting.length > told ? ` and ${waiting.length - told} more` : "";
  return `, but not ${waiting.slice(0, told).join(", ")}${more}`;
}

const who = ({ metadata, spec }: PodState): string =>
  `pod ${metadata.name}${spec?.nodeName ? ` on node ${spec.nodeName}` : ""}`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Not on its way out. */
export function isCurrent({ metadata }: PodState): boolean {
  return metadata.deletionTimestamp === undefined || metadata.deletionTimestamp === null;
}

export function isReady(pod: PodState): boolean {
  const conditions = pod.status?.conditions ?? [];
  return isCurrent(pod) && conditions.some(({ type, status }) => type === "Ready" && status === "True");
}

/** Waiting for these is part of every start. */
const ordinary = ["ContainerCreating", "PodInitializing"];
const imageProblems = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

function podProblem(kind: CollectorKind, pod: PodState): string | undefined {
  const { phase, reason, message, conditions = [], containerStatuses = [] } = pod.status ?? {};
  const subject = who(pod).replace(/^p/, "P");
  if (phase === "Failed") {
    return `${subject} failed (${reason ?? "unknown reason"}${message ? `: ${message}` : ""}). Check the node's resources.`;
  }
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  if (phase === "Pending" && scheduled?.status === "False") {
    return `${subject} has no place: ${sentence(scheduled.message ?? "the scheduler does not say why")} Free resources on the node, or lower ${kind}.resources.`;
  }
  for (const container of containerStatuses) {
    const { waiting } = container.state ?? {};
    const { terminated } = container.lastState ?? {};
    if (waiting?.reason === undefined || ordinary.includes(waiting.reason)) continue;
    if (imageProblems.includes(waiting.reason)) {
      return `${subject} cannot get its image ${container.image} (${waiting.reason}). Check ${kind}.image and that nodes may pull it.`;
    }
    if (terminated?.reason === "OOMKilled") {
      return `${subject} ran out of memory (OOMKilled, ${container.restartCount} restarts). Raise ${kind}.resources.limits.memory.`;
    }
    if (waiting.reason === "CrashLoopBackOff") {
      return `${subject} ends again and again (exit code ${terminated?.exitCode ?? "unknown"}, ${container.restartCount} restarts). See kubectl -n NAMESPACE logs --previous ${pod.metadata.name}.`;
    }
    return `${subject} does not start (${waiting.reason}). See kubectl -n NAMESPACE describe pod ${pod.metadata.name}.`;
  }
  return undefined;
}

const sentence = (text: string): string => (/[.!]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
