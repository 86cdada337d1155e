import { containerLogReceiver } from "../inputs";
import { condition, type Judged, type ReasonOf } from "./condition";
import {
  filesUnreadable,
  linesLate,
  linesRead,
  linesSplit,
  nodesWithoutAgent,
  nodesWithoutFiles,
  noLinesRead,
} from "./container-log-words";
import type { PodData } from "./data-evidence";
import type { ContainerLogEvidence } from "./input-evidence";
import { lagOf } from "./late-lines";
import type { PipelineTarget } from "./targets";
import { selectedContainers, unreadNodes, type AgentReading } from "./unread-nodes";

const type = "InputsHealthy";

const nothing: ContainerLogEvidence = { longLines: [], lateLines: [], unreadable: [], agentNodes: [] };

/** Judges the container logs of a pipeline; nothing if it takes none, or no log agent was read. */
export function judgeContainerLogs(
  target: PipelineTarget,
  all: readonly PodData[],
  evidence: ContainerLogEvidence = nothing,
): Judged[] {
  if (!target.containerLogs) return [];
  const receiver = containerLogReceiver(target);
  const agents = readingsOf(target, receiver, all);
  if (agents.length === 0) return [];
  const records = agents.reduce((sum, one) => sum + one.records, 0);
  const openFiles = agents.reduce((sum, one) => sum + one.openFiles, 0);
  const selected = evidence.containers && selectedContainers(target, evidence.containers);
  const faults = faultsOf(target, receiver, agents, evidence, unreadNodes(selected ?? [], agents, evidence.agentNodes));
  const texts = faults.map(([, text]) => text);
  if (records === 0) {
    const isUnreadable = openFiles === 0 && faults.some(([reason]) => reason === "SomeFilesUnreadable");
    const message = [noLinesRead(target, openFiles, selected?.length), ...texts].join(" ");
    return [condition(type, isUnreadable ? "FilesUnreadable" : "NoLinesRead", message)];
  }
  const [[reason] = ["InputsHealthy" as const]] = faults;
  return [condition(type, reason, [linesRead(records), ...texts].join(" "))];
}

function readingsOf(target: PipelineTarget, receiver: string, all: readonly PodData[]): AgentReading[] {
  return all
    .filter(({ collector }) => target.collectors.includes(collector))
    .flatMap(({ node, uptime, containerLogs }) =>
      containerLogs === undefined
        ? []
        : [{ node, uptime, records: containerLogs.records[receiver] ?? 0, openFiles: containerLogs.openFiles }],
    );
}

type Fault = readonly [reason: ReasonOf<typeof type, "True">, text: string];

/** Everything that is wrong although lines arrive, the worst first. */
function faultsOf(
  target: PipelineTarget,
  receiver: string,
  agents: readonly AgentReading[],
  { longLines, lateLines, unreadable }: ContainerLogEvidence,
  { withoutAgent, withoutFiles }: ReturnType<typeof unreadNodes>,
): Fault[] {
  const isOwn = (one: { readonly receiver: string }): boolean => one.receiver === receiver;
  const files = unreadable.filter(isOwn);
  const split = longLines.filter(isOwn).map(({ container }) => container);
  const uptimes = Object.fromEntries(agents.map(({ node = "", uptime }) => [node, uptime]));
  const lag = lagOf(lateLines.filter(isOwn), uptimes);
  const faults: (Fault | false)[] = [
    files.length > 0 && ["SomeFilesUnreadable", filesUnreadable(files)],
    withoutAgent.length > 0 && ["SomeNodesNotRead", nodesWithoutAgent(withoutAgent)],
    withoutFiles.length > 0 && ["SomeNodesNotRead", nodesWithoutFiles(withoutFiles)],
    lag !== undefined && ["LinesLate", linesLate(target, lag)],
    split.length > 0 && ["LinesSplit", linesSplit(split)],
  ];
  return faults.filter((one): one is Fault => one !== false);
}
