/** Messages about the container logs of a pipeline. */

import { hostPaths } from "../contract";
import { lateAfter, longestLine } from "../inputs";
import { examples } from "./examples";
import { lateWindow, type Lag } from "./late-lines";
import type { PipelineTarget } from "./targets";
import type { UnreadNode } from "./unread-nodes";
import type { UnreadableCause, UnreadableFile } from "./unreadable-files";

export function linesRead(records: number): string {
  return `runtime: the log agents have read ${records} lines for this pipeline since their pods started.`;
}

/** `containers` has one entry for each part of a line. */
export function linesSplit(containers: readonly string[]): string {
  const times = containers.length === 1 ? "once" : `${containers.length} times`;
  return (
    `In the last hour, lines exceeded ${longestLine / 1024 / 1024} MiB ${times} or more, and were split into several ` +
    `records. They are lines of: ${examples([...new Set(containers)].sort())}. Let these containers write shorter lines.`
  );
}

export function linesLate({ path }: PipelineTarget, { nodes, containers }: Lag): string {
  const late = containers.map(({ name, bytes }) =>
    bytes === undefined ? name : `${name}, ${megabytes(bytes)} behind`,
  );
  return (
    `In the last ${lateWindow / 60} minutes, log agents read lines more than ${lateAfter} s after they were written, on ` +
    `${examples(nodes.map(([node, seconds]) => `${node || "an unknown node"} (up to ${Math.round(seconds)} s)`))}. Most ` +
    `of them are lines of: ${examples(late)}. Lines that the kubelet compresses before they are read are lost. If ` +
    `TelemetryFlowHealthy names a problem of the backend, solve it. Otherwise these containers write more than the log ` +
    `agent can read: let them write less, or exclude them in ${path}.input.runtime.containers.`
  );
}

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? "1 MB or less" : `about ${Number((bytes / 1e6).toPrecision(2))} MB`;

/** `selected` is the number of running containers that the pipeline selects, if it is known. */
export function noLinesRead({ path }: PipelineTarget, openFiles: number, selected?: number): string {
  const containers =
    selected === undefined ? "" : `, and the pipeline selects ${counted(selected, "running container")}`;
  return (
    "runtime: the log agents have read no line for this pipeline since their pods started. They have " +
    `${openFiles} files open for all pipelines${containers}. Check ${path}.input.runtime.namespaces and ` +
    `${path}.input.runtime.containers, and that containers write lines.`
  );
}

export function nodesWithoutAgent(nodes: readonly UnreadNode[]): string {
  return (
    `No ready log agent runs on ${counted(nodes.length, "node")} with running containers of this pipeline: ` +
    `${examples(nodes.map(withContainers))}. Their lines are not read. If AgentHealthy does not name these nodes, ` +
    "check logAgent.tolerations and logAgent.nodeSelector. Windows nodes and virtual nodes cannot have one."
  );
}

export function nodesWithoutFiles(nodes: readonly UnreadNode[]): string {
  return (
    "The log agents have 0 files open, and have read no line for this pipeline, on " +
    `${counted(nodes.length, "node")} with running containers of it: ${examples(nodes.map(withContainers))}. ` +
    `Check that these containers write lines, and that their nodes have files in ${hostPaths.podLogs} which root can read ` +
    "without capabilities, also by the rules of SELinux (logAgent.seLinuxOptions): a log agent reports no error about a " +
    "folder that it cannot read."
  );
}

const withContainers = ({ node, containers }: UnreadNode): string =>
  containers.length === 1
    ? `${node} with 1 container, ${containers[0]}`
    : `${node} with ${containers.length} containers such as ${containers[0]}`;

/** The problem of a file, and its remedy. */
const causeWords: Readonly<Record<UnreadableCause, readonly [problem: string, remedy: string]>> = {
  denied: [
    "permission denied",
    "Check that the files belong to root, and the rules of SELinux on their nodes (logAgent.seLinuxOptions).",
  ],
  missing: ["the link leads to no file", "Docker makes such links: use containerd or CRI-O on these nodes."],
  tooMany: ["too many open files", "Raise the limit of open files for containers on these nodes."],
  other: ["another error", "The log of the log agent on the container's node names it."],
};

/** `files` has one entry for each file; a container can have several. */
export function filesUnreadable(files: readonly UnreadableFile[]): string {
  const causes = (Object.keys(causeWords) as UnreadableCause[]).flatMap((cause) => {
    const own = new Set(files.filter((one) => one.cause === cause).map(({ container }) => container));
    return own.size === 0 ? [] : [{ cause, containers: [...own].sort() }];
  });
  const problems = causes.map(({ cause, containers }) => `${causeWords[cause][0]} for ${examples(containers)}`);
  return [
    `In the last hour, the log agents could not read files: ${problems.join("; ")}.`,
    ...causes.map(({ cause }) => causeWords[cause][1]),
  ].join(" ");
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
