import { ApisApi } from "@kubernetes/client-node";
import type { ClusterAccess } from "../outside";
import { loadKubeConfig } from "../outside/kubeconfig";

/** Lists the names of the API server's groups. */
export async function readApiGroups(access: ClusterAccess): Promise<string[]> {
  const { groups } = await loadKubeConfig(access).makeApiClient(ApisApi).getAPIVersions();
  return groups.map(({ name }) => name);
}
