import type { ClusterAccess } from "../cluster-access";
import { PipelineConfigError } from "../config-error";
import { error, type Finding } from "../schema";
import { runJobSync } from "../outside";
import { namespaceFindings, type WantedNamespace } from "./namespace-findings";
import type { ClusterFacts, FactsRequest } from "./read-facts";

export type ReadClusterFacts = () => ClusterFacts;

/** Makes a function that reads the facts once, also where that fails: nobody waits for the time limit twice. */
export function clusterFactsReader(request: FactsRequest): ReadClusterFacts {
  let read: (() => ClusterFacts) | undefined;
  return () => {
    read ??= attempt(() => runJobSync("cluster-facts", request, 15));
    return read();
  };
}

/** Returns nothing if the cluster does not answer, for example where manifests are only rendered. */
export function factsIfAny(read: ReadClusterFacts): ClusterFacts | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The stack of a manager. */
interface ManagerStack {
  /** The namespace of the manager. */
  readonly wanted: WantedNamespace;
  /** Whether the stack may lose its collectors: it has none beside a manager. */
  readonly allowNoPipelines: boolean;
}

/**
 * Throws a `PipelineConfigError` if the namespace is not one that the stack may create, or if the update would remove
 * collectors. An unreachable cluster is not an error.
 */
export function checkManagerStack({ wanted, allowNoPipelines }: ManagerStack, access: ClusterAccess = {}): void {
  const read = clusterFactsReader({
    ...access,
    namespaces: [wanted.name],
    ...(!allowNoPipelines && { collectorsOf: wanted.stack }),
  });
  const { namespaces, collectorNamespaces = [] } = factsIfAny(read) ?? {};
  const findings = [...namespaceFindings(wanted, namespaces?.[wanted.name]), ...removalFindings(collectorNamespaces)];
  if (findings.length > 0) throw new PipelineConfigError(findings);
}

/** Rejects a manager in place of pipelines: most likely its settings are in the file of another stack than meant. */
function removalFindings(namespaces: readonly string[]): Finding[] {
  if (namespaces.length === 0) return [];
  return [
    error(
      "manager",
      `is in a stack with collectors in ${namespaces.join(" and ")}, so the update would remove gateway and agent`,
      "Put the manager into its own stack. To remove gateway and agent, set allowNoPipelines: true",
    ),
  ];
}

function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Returns the cluster's uid. Without it, data that is of no pod has no `k8s.cluster.uid`, and `warn` gets a message. */
export function clusterUid(read: ReadClusterFacts, warn: (message: string) => void): string | undefined {
  try {
    const { uid } = read();
    if (uid === undefined) warn(`${missing} the right to get the namespace kube-system is missing.`);
    return uid;
  } catch {
    warn(`${missing} the cluster did not answer.`);
    return undefined;
  }
}

/**
 * Returns the oldest minor version of API server and kubelets: during an upgrade, nodes are older. Returns nothing if the
 * cluster does not report it, which `clusterUid` warns about.
 */
export function kubernetesMinor(read: ReadClusterFacts): number | undefined {
  const { kubernetesMinor: server, oldestKubeletMinor: kubelets } = factsIfAny(read) ?? {};
  return server === undefined ? undefined : Math.min(server, kubelets ?? server);
}

const missing = "Data gets no k8s.cluster.uid in this update, because";
