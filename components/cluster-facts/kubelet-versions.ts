import type { CoreV1Api, V1Node } from "@kubernetes/client-node";
import { pagesOf } from "../cluster-access";
import { linux, osLabels, virtualLabelsOf } from "../contract";

/** Minor versions by which a kubelet may be older than the API server. */
const allowedSkew = 3;

/** Whether kubelets may be of a minor version before `since` although the API server is not. */
export function mayHaveOlderKubelets(since: number, server: number | undefined): boolean {
  return server !== undefined && server >= since && server - allowedSkew < since;
}

/** Nodes are large, so they are read in pages. */
const nodesPerPage = 500;

/** Returns the oldest minor version of the kubelets of nodes that can run an agent. Throws the client's error. */
export async function readOldestKubelet(core: Pick<CoreV1Api, "listNode">): Promise<number | undefined> {
  const minors: number[] = [];
  for await (const nodes of pagesOf((next) => core.listNode({ limit: nodesPerPage, _continue: next })))
    minors.push(...nodes.filter(canRunAgents).flatMap(minorOfKubelet));
  return minors.length === 0 ? undefined : Math.min(...minors);
}

function canRunAgents({ metadata: { labels = {} } = {} }: V1Node): boolean {
  return labels[osLabels[0]] === linux && virtualLabelsOf(labels).length === 0;
}

/** Returns 32 for `v1.32.4-eks-1a2b3c`. */
function minorOfKubelet({ status }: V1Node): number[] {
  const [, minor] = /^v1\.(\d+)/.exec(status?.nodeInfo?.kubeletVersion ?? "") ?? [];
  return minor === undefined ? [] : [Number(minor)];
}
