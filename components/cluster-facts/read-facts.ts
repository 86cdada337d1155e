import { ApisApi, CoreV1Api, CustomObjectsApi, VersionApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig, unlessThrottled } from "../cluster-access";
import { operatorApi } from "../contract";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "cluster-facts": Job<ClusterAccess, ClusterFacts>;
  }
}

/** Facts that decide which objects the program makes. */
export interface ClusterFacts {
  /** Names of the API server's groups. */
  readonly groups: readonly string[];
  /** Kinds of the Prometheus Operator that the API server has. */
  readonly operatorKinds: readonly string[];
  /** The cluster's identity by OpenTelemetry's conventions: the uid of `kube-system`; missing without the right to read it. */
  readonly uid?: string;
  /** Minor version of the API server: 31 for Kubernetes 1.31. Missing if the server does not report it as a number. */
  readonly kubernetesMinor?: number;
}

/** Time for retries in milliseconds, within the time limit of the job. */
const patience = 10_000;

/** Reads everything in one process, because each process takes a second of an update. */
export async function readClusterFacts(access: ClusterAccess): Promise<ClusterFacts> {
  const config = loadKubeConfig(access);
  const [apis, kinds, core, versions] = [
    config.makeApiClient(ApisApi),
    config.makeApiClient(CustomObjectsApi),
    config.makeApiClient(CoreV1Api),
    config.makeApiClient(VersionApi),
  ];
  const until = Date.now() + patience;
  const [{ groups }, operatorKinds, uid, kubernetesMinor] = await Promise.all([
    unlessThrottled(() => apis.getAPIVersions(), until),
    unlessThrottled(() => kinds.getAPIResources(operatorApi), until)
      .then(({ resources }) => resources.map(({ kind }) => kind))
      .catch(insteadOf([404], [])),
    unlessThrottled(() => core.readNamespace({ name: "kube-system" }), until)
      .then(({ metadata }) => metadata?.uid)
      .catch(insteadOf([403, 404], undefined)),
    unlessThrottled(() => versions.getCode(), until)
      .then(minorOf)
      .catch(insteadOf([401, 403, 404], undefined)),
  ]);
  return {
    groups: groups.map(({ name }) => name),
    operatorKinds,
    ...(uid !== undefined && { uid }),
    ...(kubernetesMinor !== undefined && { kubernetesMinor }),
  };
}

/** Returns the minor version; some clouds add a plus sign. Major versions other than 1 have no meaning yet. */
export function minorOf({ major, minor }: { readonly major: string; readonly minor: string }): number | undefined {
  const parsed = Number.parseInt(minor, 10);
  return major === "1" && !Number.isNaN(parsed) ? parsed : undefined;
}

/** Returns a value instead of an error with one of these HTTP statuses. */
function insteadOf<T>(statuses: readonly number[], value: T): (error: unknown) => T {
  return (error) => {
    if (statuses.includes((error as { code?: number }).code ?? 0)) return value;
    throw error;
  };
}
