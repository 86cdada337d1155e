import { isChosen } from "../schema";
import type { RunningContainer } from "./running-containers";
import { namespaceOf, type FlowTargets, type PipelineTarget } from "./targets";

/** The records that the log agent of one node has read for a pipeline. */
export interface AgentReading {
  readonly node?: string;
  /** Seconds since its start. */
  readonly uptime: number;
  /** Records for this pipeline since its start. */
  readonly records: number;
  /** Files that are open for all pipelines. */
  readonly openFiles: number;
}

/** A node on which containers of a pipeline run, as `NAMESPACE/POD (CONTAINER)`, and no line of them is read. */
export interface UnreadNode {
  readonly node: string;
  readonly containers: readonly string[];
}

/** Nodes whose containers nobody reads. */
export interface UnreadNodes {
  /** No ready log agent runs there. */
  readonly withoutAgent: readonly UnreadNode[];
  /** The log agent has read nothing for the pipeline, and has no file open. */
  readonly withoutFiles: readonly UnreadNode[];
}

/** Seconds after its start in which a log agent may not have looked for files yet. */
const starting = 10;

/**
 * Returns the nodes on which the pipeline's containers run and nobody reads them.
 *
 * The collector counts open files for all receivers together, keeps at most 32 of each open between two looks, and does not
 * open empty files. So only "none" is evidence, and only together with no line read.
 */
export function unreadNodes(
  containers: readonly RunningContainer[],
  agents: readonly AgentReading[],
  agentNodes: readonly string[],
): UnreadNodes {
  const byNode = new Map<string, string[]>();
  for (const { namespace, pod, container, node } of containers) {
    byNode.set(node, [...(byNode.get(node) ?? []), `${namespace}/${pod} (${container})`]);
  }
  const nodes = [...byNode].map(([node, names]) => ({ node, containers: names.sort() }));
  nodes.sort((a, b) => (a.node < b.node ? -1 : 1));
  const isSilent = ({ uptime, records, openFiles }: AgentReading): boolean =>
    uptime >= starting && records === 0 && openFiles === 0;
  const silent = agents.filter(isSilent).map(({ node }) => node);
  return {
    withoutAgent: nodes.filter(({ node }) => !agentNodes.includes(node)),
    withoutFiles: nodes.filter(({ node }) => silent.includes(node)),
  };
}

/** Returns the containers whose files a pipeline selects. A pipeline without a known selection has none. */
export function selectedContainers(
  { containerLogs }: Pick<PipelineTarget, "containerLogs">,
  all: readonly RunningContainer[],
): RunningContainer[] {
  if (containerLogs === undefined || containerLogs === true) return [];
  const { namespaces, containers } = containerLogs;
  return all.filter(({ namespace, container }) => isChosen(namespaces, namespace) && isChosen(containers, container));
}

/** Returns the containers without those of the stack's own collectors, whose files nobody reads. */
export function withoutCollectors(
  all: readonly RunningContainer[],
  targets: Pick<FlowTargets, "namespace" | "collectors">,
): RunningContainer[] {
  const isOwn = ({ namespace, pod }: RunningContainer): boolean =>
    targets.collectors.some((one) => namespaceOf(targets, one) === namespace && pod.startsWith(`${one.name}-`));
  return all.filter((container) => !isOwn(container));
}
