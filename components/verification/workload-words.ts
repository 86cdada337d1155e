/** Messages about a collector's workload and its pods. */

import { collectorKinds, type CollectorKind } from "../contract";
import { examples, namedExamples } from "./examples";
import type { CollectorTarget } from "./targets";

export const clusterSilent = "The cluster did not answer. Check that the kubeconfig names one that does.";

export const clusterThrottled =
  "The API server rejects requests because there are too many (HTTP status 429), also after retries. Check which clients " +
  "load the API server, and run npm run status again.";

export function workloadMissing({ workload, name }: CollectorTarget): string {
  return `${workload} ${name} does not exist. Run pulumi up --refresh.`;
}

export function noNodeMatches({ kind }: CollectorTarget): string {
  const { noun, setting } = collectorKinds[kind];
  return (
    `No node is eligible for the ${noun}. Check ${setting}.nodeSelector and ${setting}.tolerations; ` +
    "Windows nodes and virtual nodes can run none."
  );
}

export function runsEverywhere({ workload }: CollectorTarget, desired: number): string {
  return workload === "DaemonSet" ? `Runs on ${counted(desired, "node")}.` : `Runs in ${counted(desired, "pod")}.`;
}

/** A node that is not ready, and why, in Kubernetes' words. */
export interface LostNode {
  readonly node: string;
  readonly why: string;
}

const lostNodes = (lost: readonly LostNode[]): string =>
  examples(lost.map(({ node, why }) => `${node}${why === "" ? "" : ` (${why})`}`).sort());

/** The collector runs where it can. */
export function runsElsewhere({ workload }: CollectorTarget, rolled: number, lost: readonly LostNode[]): string {
  const nodes = lost.length === 1 ? "This node is" : "These nodes are";
  return (
    `Runs on ${counted(rolled, "node")} of ${rolled + lost.length}. ${nodes} not ready: ${lostNodes(lost)}. ` +
    `Repair or remove ${lost.length === 1 ? "it" : "them"}; the ${workload} needs no further update.`
  );
}

export function allLost(lost: readonly LostNode[]): string {
  return `None of its nodes is ready: ${lostNodes(lost)}. Repair the nodes.`;
}

/** `cause` is a sentence about the workload's health. */
export function rolloutFailed({ workload, name }: CollectorTarget, cause: string): string {
  return [
    `${workload} ${name} has not rolled out. ${cause}`,
    "Pods that were not replaced keep their configuration.",
    "Remove the cause and run `pulumi up` again, or undo the change.",
  ].join("\n");
}

export function podProblems(problems: readonly string[]): string {
  // There is hardly ever a second kind of problem.
  const more = problems.length - namedExamples;
  return [...problems.slice(0, namedExamples), ...(more > 0 ? [`${more} more pods have problems.`] : [])].join(" ");
}

interface Rollout {
  readonly desired: number;
  readonly updated: number;
  readonly ready: number;
  /** Pods that are not ready. */
  readonly waiting: readonly PodPlace[];
  readonly lost: readonly LostNode[];
}

export function rollingOut(
  { workload, name }: CollectorTarget,
  namespace: string,
  { desired, updated, ready, waiting, lost }: Rollout,
): string {
  const many = counted(desired, workload === "DaemonSet" ? "node" : "pod");
  return (
    `${updated} of ${many} have the current configuration, ${ready} ${ready === 1 ? "is" : "are"} ready` +
    `${notReady(waiting)}${lost.length > 0 ? `; nodes that are not ready: ${lostNodes(lost)}` : ""}. Wait, or run kubectl -n ${namespace} describe ${workload.toLowerCase()} ${name}.`
  );
}

/** Names the pods, because those on a lost node have no other sign of a problem. */
function notReady(waiting: readonly PodPlace[]): string {
  return waiting.length === 0 ? "" : `; not ready: ${examples(waiting.map(place))}`;
}

/** A pod as messages name it. */
export interface PodPlace {
  readonly pod: string;
  readonly node?: string;
}

const place = ({ pod, node }: PodPlace): string => `pod ${pod}${node === undefined ? "" : ` on node ${node}`}`;
const subject = (where: PodPlace): string => place(where).replace(/^p/, "P");

/** A pod that its controller cannot create. */
export const podRefused = ({ problem, remedy }: { readonly problem: string; readonly remedy: string }): string =>
  `A new pod ${problem}. ${remedy}.`;

/** `reason` and `message` are Kubernetes' own. */
export function podFailed(where: PodPlace, reason = "unknown reason", message?: string): string {
  return `${subject(where)} failed (${reason}${message ? `: ${message}` : ""}). Check the node's resources.`;
}

export function podUnscheduled(where: PodPlace, kind: CollectorKind, message: string | undefined): string {
  return (
    `${subject(where)} cannot be scheduled: ${sentence(message ?? "the scheduler gives no cause")} ` +
    `${forScheduling(message, collectorKinds[kind].setting)}.`
  );
}

/** Returns what lets the scheduler place a pod, from its words. It lists all causes, and room is the nearest one. */
function forScheduling(message = "", setting: string): string {
  const isAboutTaints = message.includes("untolerated taint") && !message.includes("Insufficient");
  return isAboutTaints
    ? `Set ${setting}.tolerations, such as [{ operator: Exists }] for all taints, or select other nodes by ${setting}.nodeSelector`
    : `Free resources on the node, or lower ${setting}.resources`;
}

export function imageMissing(where: PodPlace, kind: CollectorKind, image: string, reason: string): string {
  const { setting } = collectorKinds[kind];
  return (
    `${subject(where)} cannot pull its image ${image} (${reason}). ` +
    `Check ${setting}.image, and that nodes are allowed to pull it; ${setting}.imagePullSecrets names the registry's login.`
  );
}

export function outOfMemory(where: PodPlace, kind: CollectorKind, restarts: number): string {
  return (
    `${subject(where)} exceeded its memory limit (OOMKilled, ${counted(restarts, "restart")}). ` +
    `Raise ${collectorKinds[kind].setting}.resources.limits.memory.`
  );
}

/** How a container ended. */
interface Exit {
  readonly exitCode?: number;
  readonly restarts: number;
}

export function crashing(
  where: PodPlace,
  kind: CollectorKind,
  namespace: string,
  { exitCode, restarts }: Exit,
): string {
  return [
    `${subject(where)} exits repeatedly (exit code ${exitCode ?? "unknown"}, ${counted(restarts, "restart")}).`,
    `Run kubectl -n ${namespace} logs --previous ${where.pod}.`,
    ...(kind === "log-agent" ? [causesOfLogAgent] : []),
  ].join(" ");
}

const causesOfLogAgent =
  "If this log names `bbolt` or an `invalid database`, a crash of the node has damaged the log agent's files there: " +
  "delete them as docs/container-logs.md describes. If it names `permission denied`, the node may enforce SELinux: set " +
  "logAgent.seLinuxOptions as that page describes.";

export function notStarting(where: PodPlace, namespace: string, reason: string): string {
  return `${subject(where)} does not start (${reason}). Run kubectl -n ${namespace} describe pod ${where.pod}.`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const sentence = (text: string): string => (/[.!]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
