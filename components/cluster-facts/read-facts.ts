import { ApisApi, CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig } from "../cluster-access";
import { operatorApi } from "../contract";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "cluster-facts": Job<ClusterAccess, ClusterFacts>;
  }
}

/** What the program decides on before it knows which objects it makes. */
export interface ClusterFacts {
  /** Names of the API server's groups. */
  readonly groups: readonly string[];
  /** Kinds of the Prometheus Operator that the API server has. */
  readonly operatorKinds: readonly string[];
  /** The cluster's identity by OpenTelemetry's conventions: the uid of `kube-system`; missing without the right to read it. */
  readonly uid?: string;
}

/** Reads everything in one process, because each process takes a second of an update. */
export async function readClusterFacts(access: ClusterAccess): Promise<ClusterFacts> {
  const config = loadKubeConfig(access);
  const [{ groups }, operatorKinds, uid] = await Promise.all([
    config.makeApiClient(ApisApi).getAPIVersions(),
    config
      .makeApiClient(CustomObjectsApi)
      .getAPIResources(operatorApi)
      .then(({ resources }) => resources.map(({ kind }) => kind))
      .catch(insteadOf([404], [])),
    config
      .makeApiClient(CoreV1Api)
      .readNamespace({ name: "kube-system" })
      .then(({ metadata }) => metadata?.uid)
      .catch(insteadOf([403, 404], undefined)),
  ]);
  return { groups: groups.map(({ name }) => name), operatorKinds, ...(uid !== undefined && { uid }) };
}

/** Returns a value instead of an error with one of these HTTP statuses. */
function insteadOf<T>(statuses: readonly number[], value: T): (error: unknown) => T {
  return (error) => {
    if (statuses.includes((error as { code?: number }).code ?? 0)) return value;
    throw error;
  };
}
