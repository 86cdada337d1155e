import { ApisApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig, unlessThrottled } from "../cluster-access";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "api-groups": Job<ClusterAccess, readonly string[]>;
  }
}

/** Time for retries in milliseconds, within the time limit of the job. */
const patience = 10_000;

/** Lists the names of the API server's groups. */
export async function readApiGroups(access: ClusterAccess): Promise<string[]> {
  const api = loadKubeConfig(access).makeApiClient(ApisApi);
  const { groups } = await unlessThrottled(() => api.getAPIVersions(), Date.now() + patience);
  return groups.map(({ name }) => name);
}
