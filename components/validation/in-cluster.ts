import type { V1ConfigMap, V1Pod } from "@kubernetes/client-node";
import { problemOf, type Cluster } from "./pod-api";
import { refusalOf, stateOf, type Trouble } from "./pod-state";

/** What a collector in the cluster said: nothing against the configuration, or words, or it did not come to that. */
export type Answer = { readonly state: "accepted" } | { readonly state: "refused"; readonly said: string } | Trouble;

/** A pod that runs once, and the ConfigMap that is mounted to it. */
export interface Run {
  readonly namespace: string;
  /** Of both objects. */
  readonly name: string;
  readonly container: string;
  readonly pod: V1Pod;
  readonly configMap: V1ConfigMap;
}

/** Milliseconds between two looks at the pod. */
const pollInterval = 250;

/**
 * Runs the pod, reads what it said, and removes it whatever happens. What an interrupted run has left is replaced.
 * `until` is the time, in milliseconds of the clock, after which it is not waited for any longer.
 */
export async function runOnce(cluster: Cluster, run: Run, until: number): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await attempt(cluster, run, until);
  } catch (error) {
    const { code, detail } = problemOf(error);
    answer = refusalOf(code, detail, "run a pod", run.namespace);
  }
  await removed(cluster, run);
  return answer;
}

async function attempt(cluster: Cluster, run: Run, until: number): Promise<Answer> {
  const { namespace, name, container } = run;
  await cluster.remove("Pod", namespace, name);
  await cluster.remove("ConfigMap", namespace, name);
  while (Date.now() < until && (await cluster.readPod(namespace, name)) !== undefined) await pause();
  await cluster.createConfigMap(run.configMap);
  await cluster.createPod(run.pod);
  let why: string | undefined;
  while (Date.now() < until) {
    const pod = await cluster.readPod(namespace, name);
    if (pod === undefined) return { state: "trouble", problem: "was removed by someone else", remedy: "Try again" };
    const now = stateOf(pod, container);
    if (now.state === "trouble") return now;
    if (now.state === "ended") {
      return now.exitCode === 0 ? { state: "accepted" } : refused(await logOf(cluster, run), now.exitCode);
    }
    why = now.why;
    await pause();
  }
  return {
    state: "trouble",
    problem: `did not end in time (${why ?? "it was running"})`,
    remedy: why?.includes("untolerated taint")
      ? "Name these taints in the workload's tolerations, or give it other nodes"
      : "Remove the cause, or raise telemetry:validation.timeout",
  };
}

function refused(said: string, exitCode: number): Answer {
  if (/^Error: /m.test(said)) return { state: "refused", said };
  return {
    state: "trouble",
    problem: `ended with exit code ${exitCode} and said nothing about the configuration`,
    remedy: "Check that the image is one of the collector",
  };
}

/** The last lines may come a moment after the end. */
async function logOf(cluster: Cluster, { namespace, name, container }: Run): Promise<string> {
  for (let left = 8; ; left--) {
    const log = await cluster.readLog(namespace, name, container);
    if (log !== "" || left === 0) return log;
    await pause();
  }
}

/** Tries again where the API server fails; what is left even then ends by itself and goes with the next run. */
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
