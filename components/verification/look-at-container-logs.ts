import { containerOfFile, longLineOperator } from "../inputs";
import type { Cluster } from "./cluster";
import { inTurns } from "./in-turns";
import type { ContainerLogEvidence, LongLine } from "./input-evidence";
import { readLateLines, type LateLine } from "./late-lines";
import { logValue } from "./log-value";
import type { PullingPod } from "./look-at-inputs";
import { namespaceOf, type FlowTargets } from "./targets";
import { readUnreadableFiles, type UnreadableFile } from "./unreadable-files";
import { withoutCollectors } from "./unread-nodes";

/** Seconds of the log agents' logs that are read. No counter shows long lines and unreadable files, and they are rare. */
const logWindow = 3600;

/**
 * Reads which containers run, and which lines and files the log agents report in their logs. Pods that do not answer, or
 * not in time, are skipped. Without a ready log agent, nothing is read.
 *
 * @param until in milliseconds since 1970
 */
export async function lookAtContainerLogs(
  cluster: Pick<Cluster, "log" | "runningContainers">,
  all: Pick<FlowTargets, "namespace" | "collectors">,
  pods: readonly PullingPod[],
  until: number,
): Promise<ContainerLogEvidence | undefined> {
  const agents = pods.filter(({ collector: { kind } }) => kind === "log-agent");
  if (agents.length === 0) return undefined;
  const longLines: LongLine[] = [];
  const lateLines: LateLine[] = [];
  const unreadable: UnreadableFile[] = [];
  const reading = inTurns(agents, until, async ({ collector, pod, node }) => {
    const log = await cluster.log(namespaceOf(all, collector), pod, logWindow).catch(() => "");
    longLines.push(...readLongLines(log));
    lateLines.push(...readLateLines(log, node, Date.now()));
    unreadable.push(...readUnreadableFiles(log));
  });
  const [running] = await Promise.all([cluster.runningContainers().catch(() => undefined), reading]);
  return {
    longLines,
    lateLines,
    unreadable,
    ...(running && { containers: withoutCollectors(running, all) }),
    agentNodes: agents.flatMap(({ node }) => node ?? []),
  };
}

/** Reads the reports about lines that exceeded the limit. */
export function readLongLines(log: string): LongLine[] {
  return log.split("\n").flatMap((text) => {
    if (!text.includes(`"operator_id":"${longLineOperator}"`)) return [];
    const receiver = logValue("otelcol.component.id", text);
    const container = containerOfFile(logValue("log.file.path", text) ?? "");
    return receiver === undefined || container === undefined ? [] : [{ receiver, container }];
  });
}
