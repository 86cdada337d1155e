import type { V1ConfigMap, V1Pod } from "@kubernetes/client-node";
import { addedCpuLimit, isAboutLimitRanges, type LimitRange } from "../admission";
import { despiteTaints, fittingNodes, keepingOff, placement, type Placement } from "./fitting-nodes";
import { problemOf, type Cluster } from "./pod-api";
import { stateOf, type Trouble } from "./pod-state";
import { refusalOf } from "./refused-request";

/** Verdict of a collector in the cluster, or why there is no verdict. */
export type Answer =
  | { readonly state: "accepted"; readonly warning?: string }
  | { readonly state: "refused"; readonly said: string }
  | Trouble;

/** A pod that runs once, and the ConfigMap that it mounts. */
export interface Run {
  readonly namespace: string;
  /** Name of both objects. */
  readonly name: string;
  readonly container: string;
  /** Name of the workload that the pod is like, and of the settings of its collector. */
  readonly workload: string;
  readonly collector: string;
  readonly pod: V1Pod;
  readonly configMap: V1ConfigMap;
}

/** Milliseconds between two reads of the pod. */
const pollInterval = 250;

/**
 * Runs the pod, reads its log, and always removes the pod. Objects that an interrupted run left are replaced. `until`
 * is the time at which the wait for the pod ends, in milliseconds since 1970.
 */
export async function runOnce(cluster: Cluster, run: Run, until: number): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await attempt(cluster, run, until);
  } catch (error) {
    const { code, detail } = problemOf(error);
    const { namespace, collector } = run;
    const ranges = isAboutLimitRanges(detail) ? await rangesOf(cluster, namespace) : [];
    answer = refusalOf({ code, detail, namespace, collector, ranges });
  }
  await removed(cluster, run);
  return answer;
}

/** Only messages name LimitRanges, so the right to list them is not required. */
function rangesOf(cluster: Cluster, namespace: string): Promise<readonly LimitRange[]> {
  return cluster.limitRanges(namespace).catch(() => []);
}

async function attempt(cluster: Cluster, run: Run, until: number): Promise<Answer> {
  const { namespace, name, container } = run;
  await cluster.remove("Pod", namespace, name);
  await cluster.remove("ConfigMap", namespace, name);
  while (Date.now() < until && (await cluster.readPod(namespace, name)) !== undefined) await pause();
  await cluster.createConfigMap(run.configMap);
  const warning = await warningAbout(cluster, run, await cluster.createPod(run.pod));
  let why: string | undefined;
  let isUnschedulable = false;
  let nowhere: Placement | undefined;
  while (Date.now() < until) {
    const pod = await cluster.readPod(namespace, name);
    if (pod === undefined) return { state: "trouble", problem: "was removed by someone else", remedy: "Try again" };
    const now = stateOf(pod, container, run.collector);
    if (now.state === "trouble") return now;
    if (now.state === "ended") {
      return now.exitCode === 0 ? { state: "accepted", warning } : refused(await logOf(cluster, run), now.exitCode);
    }
    if (now.isUnschedulable) {
      nowhere ??= await whyNowhere(cluster, run);
      if (nowhere.isFinal) return nowhere.trouble;
    }
    why = now.why;
    isUnschedulable = now.isUnschedulable ?? false;
    await pause();
  }
  if (isUnschedulable && nowhere?.trouble) return nowhere.trouble;
  return {
    state: "trouble",
    problem: `did not end in time (${why ?? "it was running"})`,
    remedy: why?.includes("untolerated taint")
      ? await remedyForTaints(cluster, run)
      : "Remove the cause, or raise telemetry:validation.timeout",
  };
}

/** The scheduler of Kubernetes 1.35 and later names no taints. */
async function remedyForTaints(
  cluster: Cluster,
  { pod: { spec = { containers: [] } }, collector }: Run,
): Promise<string> {
  return despiteTaints(await keepingOff(spec, cluster.nodes()).catch(() => undefined), collector);
}

/** Returns why no node of the cluster can ever run the pod. Without the right to list nodes, the pod waits. */
async function whyNowhere(
  cluster: Cluster,
  { pod: { spec = { containers: [] } }, collector }: Run,
): Promise<Placement> {
  try {
    return placement(spec, await fittingNodes(spec, cluster.nodes()), collector);
  } catch {
    return { isFinal: false };
  }
}

/** Returns a warning about a CPU limit that is not in the workload's settings: the cluster added it. */
async function warningAbout(cluster: Cluster, run: Run, made: V1Pod): Promise<string | undefined> {
  const limitOf = ({ spec }: V1Pod): string | undefined =>
    spec?.containers.find(({ name }) => name === run.container)?.resources?.limits?.cpu;
  const added = limitOf(run.pod) === undefined ? limitOf(made) : undefined;
  if (added === undefined) return undefined;
  return addedCpuLimit(added, run.workload, run.collector, await rangesOf(cluster, run.namespace));
}

function refused(said: string, exitCode: number): Answer {
  if (/^Error: /m.test(said)) return { state: "refused", said };
  return {
    state: "trouble",
    problem: `ended with exit code ${exitCode} and reported nothing about the configuration`,
    remedy: "Check that the image is one of the collector",
  };
}

/** Reads the log, and retries while it is empty: the last lines may arrive a moment after the container ends. */
async function logOf(cluster: Cluster, { namespace, name, container }: Run): Promise<string> {
  for (let left = 8; ; left--) {
    const log = await cluster.readLog(namespace, name, container);
    if (log !== "" || left === 0) return log;
    await pause();
  }
}

/** Removes both objects and retries if that fails. The next run removes what stays. */
async function removed(cluster: Cluster, { namespace, name }: Run): Promise<void> {
  for (const kind of ["Pod", "ConfigMap"] as const) {
    for (let left = 2; left >= 0; left--) {
      try {
        await cluster.remove(kind, namespace, name);
        break;
      } catch {
        await pause();
      }
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollInterval));
}
