import { containerLogReceiver } from "../inputs";
import { condition, type Judged, type ReasonOf } from "./condition";
import {
  filesUnreadable,
  linesRead,
  linesSplit,
  nodesWithoutAgent,
  nodesWithoutFiles,
  noLinesRead,
} from "./container-log-words";
import type { PodData } from "./data-evidence";
import type { ContainerLogEvidence } from "./input-evidence";
import type { PipelineTarget } from "./targets";
import { selectedContainers, unreadNodes, type AgentReading } from "./unread-nodes";

const type = "InputsHealthy";

const nothing: ContainerLogEvidence = { longLines: [], unreadable: [], agentNodes: [] };

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
  const faults = faultsOf(receiver, evidence, unreadNodes(selected ?? [], agents, evidence.agentNodes));
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
  receiver: string,
  { longLines, unreadable }: ContainerLogEvidence,
  { withoutAgent, withoutFiles }: ReturnType<typeof unreadNodes>,
): Fault[] {
  const files = unreadable.filter((one) => one.receiver === receiver);
  const split = longLines.filter((one) => one.receiver === receiver).map(({ container }) => container);
  const faults: (Fault | false)[] = [
    files.length > 0 && ["SomeFilesUnreadable", filesUnreadable(files)],
    withoutAgent.length > 0 && ["SomeNodesNotRead", nodesWithoutAgent(withoutAgent)],
    withoutFiles.length > 0 && ["SomeNodesNotRead", nodesWithoutFiles(withoutFiles)],
    split.length > 0 && ["LinesSplit", linesSplit(split)],
  ];
  return faults.filter((one): one is Fault => one !== false);
}
