import { ApisApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig } from "../cluster-access";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "api-groups": Job<ClusterAccess, readonly string[]>;
  }
}

/** Lists the names of the API server's groups. */
export async function readApiGroups(access: ClusterAccess): Promise<string[]> {
  const { groups } = await loadKubeConfig(access).makeApiClient(ApisApi).getAPIVersions();
  return groups.map(({ name }) => name);
}
