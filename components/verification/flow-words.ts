/** Messages about the way from collectors to backends. */

import { causeWords, type Cause } from "./cause-words";
import { examples } from "./examples";
import type { Refusals } from "./refusals";
import { collectorKinds, pipelineId, signals, type CollectorKind } from "../contract";
import { durationWords } from "../schema";
import { retriesOf, type PipelineTarget } from "./targets";
import type { Trouble, Verdict } from "./verdict";

export function delivered({ pods, of }: Extract<Verdict, { kind: "delivered" }>): string {
  if (of === undefined) return `The backend accepted data from ${pods === 1 ? "1 pod" : `${pods} pods`}.`;
  return (
    `The backend accepted data from ${pods} of ${of} pods; the state of the others is unknown. ` +
    "If the check has too little time for all of them, raise verification.timeoutSeconds."
  );
}

/** The fate of lines that the log agent cannot put into its queue. It offers them again until it can. */
const notRead =
  "The log agent does not read on. Lines in files that the kubelet compresses or deletes meanwhile are lost.";

/** Sentences about the fate of dropped data, for causes to which the usual sentence does not apply. */
const fates: Partial<Readonly<Record<Cause, string>>> = {
  queueTooSmall: "The collector drops these requests.",
  disk: notRead,
  redirected: "The server behind the redirect may discard the data, which counts as sent nevertheless.",
};

interface TroubleContext {
  /** Pipelines that the same failure may be about. */
  readonly others: readonly PipelineTarget[];
  /** Time of the failure's start, if that is longer ago than the retry budget. */
  readonly overdue?: string;
}

export function trouble(target: PipelineTarget, found: Trouble, { others, overdue }: TroubleContext): string {
  const { path, backend, ownQueue } = target;
  const { extent, failure, collector } = found;
  const { what, remedy } = causeWords[failure.cause];
  const name = backend === undefined ? "The backend" : `The backend ${backend}`;
  const verb = extent === "all" ? "accepts no data" : "does not accept all data";
  const status = failure.status === undefined ? "" : ` (HTTP status ${failure.status})`;
  return [
    `${name} ${verb} from ${place(found)}: ${what}${status}.`,
    (failure.dropped ? fates[failure.cause] : undefined) ?? fate(target, found, overdue),
    `${remedy({ output: `${path}.output.otlp`, collector, ownQueue })}.`,
    ...(found.node !== undefined && ofNetwork.includes(failure.cause) ? [oneNode(found.node)] : []),
    ...(others.length > 0 ? [sharing(others)] : []),
  ].join(" ");
}

/** Returns the node if the failure is its own, which points to the cause better than the names of its pods. */
function place({ pods, node }: Trouble): string {
  if (node !== undefined) return `node ${node}`;
  return pods.length === 1 ? `pod ${pods[0]}` : `${pods.length} pods`;
}

/** Causes that a node can have for itself. */
const ofNetwork: readonly Cause[] = ["dns", "refused", "unreachable", "connection", "timeout"];

function oneNode(node: string): string {
  return `Only this node has the failure: check its network, with kubectl describe node ${node}.`;
}

function fate(target: PipelineTarget, { losing, queueFull, collector }: Trouble, overdue: string | undefined): string {
  if (collector === "log-agent" && !losing) return queueFull ? diskQueueFull : onDisk;
  const time = durationWords(retriesOf(target));
  const waiting =
    overdue === undefined
      ? `The collector keeps the data and retries for ${time}, then drops the data.`
      : `The failure lasts since ${overdue}, and the collector retries for only ${time}: data is being lost.`;
  const data = losing ? "Data is being lost." : waiting;
  return queueFull ? `${data} The queue is full and accepts no new data.` : data;
}

const onDisk =
  "The log agent keeps the data on the disks of the nodes and retries until the backend accepts it, or the queue is full.";
const diskQueueFull = `The queue on the disk is full. ${notRead}`;

function sharing(others: readonly PipelineTarget[]): string {
  return (
    `The failure may concern only some of this pipeline and ${others.map(pipelineId).join(", ")}: ` +
    "the collector does not distinguish pipelines that send to the same host and port."
  );
}

export const noPodReady = "No pod that sends the pipeline's data is ready.";

export function podsUnreadable(namespaces: readonly string[]): string {
  return (
    "The metrics of no pod could be read. You need the rights to create pods/portforward and to get pods/log in the " +
    `${namespaces.length === 1 ? "namespace" : "namespaces"} ${namespaces.join(" and ")}.`
  );
}

export function nothingSent({ path, canary }: Pick<PipelineTarget, "path" | "canary">): string {
  return canary
    ? "The collectors sent nothing during the check, not even canaries. Read the collectors' logs."
    : `The collectors sent nothing during the check. Send data, or turn ${path}.canary on.`;
}

export function rejectionsHidden(collector: CollectorKind): string {
  return (
    "The backend answered without errors, but such answers can reject data. The collector only logs that as a warning. " +
    `${collectorKinds[collector].setting}.logLevel is error, which hides these warnings. Set it to warn, or to info for the causes of failures.`
  );
}

/** About data that a collector refuses because its memory is short. */
export function refused({ collector: { kind }, signal, pods, items, lasting }: Refusals): string {
  const where = examples(pods);
  const amount = `${items} ${signals[signal].items}`;
  if (!lasting) return `For a moment, the memory of ${where} was short, and ${amount} were refused.`;
  const words = refusalWords[kind];
  const { noun, setting } = collectorKinds[kind];
  return (
    `The memory of ${where} is short: the ${noun} refuses ${words.data} there, ${amount} during the check. ` +
    `The ${noun} refuses data before it is assigned to pipelines, so this concerns every pipeline of ${signal} that ` +
    `${words.pipelines}. ${words.fate} Raise ${setting}.resources.limits.memory, or ${words.less}.`
  );
}

const refusalWords = {
  gateway: {
    data: "pushed data",
    pipelines: "receives pushed data",
    fate: "Senders retry; data that they give up is lost.",
    less: "send less",
  },
  agent: {
    data: "collected data",
    pipelines: "collects data",
    fate: "Refused data is lost.",
    less: "collect less",
  },
  "log-agent": {
    data: "container logs",
    pipelines: "takes container logs",
    fate: "The log agent offers them again until they are accepted.",
    less: "take the logs of fewer containers",
  },
} as const;
