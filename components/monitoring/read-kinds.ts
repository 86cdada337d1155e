import { CustomObjectsApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig, unlessThrottled } from "../cluster-access";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "api-kinds": Job<ApiKindsRequest, readonly string[]>;
  }
}

export interface ApiKindsRequest {
  readonly access: ClusterAccess;
  readonly group: string;
  readonly version: string;
}

/** Time for retries in milliseconds, within the time limit of the job. */
const patience = 10_000;

/** Lists the kinds of a group and version. A group that the API server does not have has no kinds. */
export async function readApiKinds({ access, group, version }: ApiKindsRequest): Promise<string[]> {
  const api = loadKubeConfig(access).makeApiClient(CustomObjectsApi);
  try {
    const { resources } = await unlessThrottled(() => api.getAPIResources({ group, version }), Date.now() + patience);
    return resources.map(({ kind }) => kind);
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return [];
    throw error;
  }
}
