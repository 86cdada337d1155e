import { CustomObjectsApi, type KubernetesObject } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig, unlessThrottled } from "../cluster-access";
import { operatorApi, monitorKinds, type MonitorKind } from "../contract";
import type { MonitorObject } from "./monitor-object";
import { withRoomToRead } from "./room-to-read";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "read-monitors": Job<ReadMonitorsRequest, MonitorReading>;
  }
}

export interface ReadMonitorsRequest extends ClusterAccess {
  readonly kinds: readonly MonitorKind[];
}

export interface MonitorReading {
  readonly monitors: readonly MonitorObject[];
  /** Kinds that the cluster does not have. */
  readonly missing: readonly MonitorKind[];
}

/** Time for retries in milliseconds, within the time limit of the job. */
const patience = 20_000;
/** Objects in one answer of the API server. Each may have more than a megabyte, and one answer must fit into memory. */
const pageSize = 100;

/** Reads all monitors of the cluster, sorted by kind, namespace and name. */
export async function readMonitors({ kinds, ...access }: ReadMonitorsRequest): Promise<MonitorReading> {
  const api = loadKubeConfig(access).makeApiClient(CustomObjectsApi);
  const until = Date.now() + patience;
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, found: await readKind(api, kind, until) })));
  return {
    monitors: withRoomToRead(lists.flatMap(({ found = [] }) => found)),
    missing: lists.filter(({ found }) => found === undefined).map(({ kind }) => kind),
  };
}

interface Page {
  readonly items?: readonly (KubernetesObject & { readonly spec?: unknown })[];
  readonly metadata?: { readonly continue?: string };
}

async function readKind(api: CustomObjectsApi, kind: MonitorKind, until: number): Promise<MonitorObject[] | undefined> {
  let found: readonly MonitorObject[] = [];
  let next: string | undefined;
  try {
    do {
      const page = { ...operatorApi, resourcePlural: monitorKinds[kind].plural, limit: pageSize, _continue: next };
      const list = (): Promise<Page> => api.listCustomObjectForAllNamespaces(page) as Promise<Page>;
      const { items = [], metadata } = await unlessThrottled(list, until);
      found = withRoomToRead([...found, ...items.map((object) => monitorObject(kind, object))]);
      next = metadata?.continue || undefined;
    } while (next !== undefined);
  } catch (error) {
    if ((error as { code?: number }).code === 404) return undefined;
    throw error;
  }
  return [...found].sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
}

/** Returns the parts of an API object that decide what is scraped. */
export function monitorObject(
  kind: MonitorKind,
  { metadata = {}, spec }: KubernetesObject & { readonly spec?: unknown },
): MonitorObject {
  const { namespace = "", name = "", labels = {} } = metadata;
  return { kind, namespace, name, labels, spec };
}
