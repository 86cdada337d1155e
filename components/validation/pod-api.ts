import { CoreV1Api, type V1ConfigMap, type V1NodeList, type V1Pod } from "@kubernetes/client-node";
import { limitRangeOf, type LimitRange } from "../admission";
import { type ClusterAccess, loadKubeConfig, pagesOf, unlessThrottled, withTimeLimit } from "../cluster-access";
import type { NodeFacts } from "./fitting-nodes";

/** The requests that a validation sends to the cluster. */
export interface Cluster {
  createConfigMap(configMap: V1ConfigMap): Promise<void>;
  /** Returns the pod as the cluster made it, with everything that was added. */
  createPod(pod: V1Pod): Promise<V1Pod>;
  /** Returns `undefined` if the pod does not exist. */
  readPod(namespace: string, name: string): Promise<V1Pod | undefined>;
  readLog(namespace: string, name: string, container: string): Promise<string>;
  /** All nodes, page by page. */
  nodes(): AsyncIterable<readonly NodeFacts[]>;
  limitRanges(namespace: string): Promise<readonly LimitRange[]>;
  /** Removes an object without a grace period. Does not fail if the object does not exist. */
  remove(kind: "Pod" | "ConfigMap", namespace: string, name: string): Promise<void>;
}

/** The reason why a request to the API server failed. */
export interface ApiProblem {
  /** HTTP status. Missing if the API server was not reached. */
  readonly code?: number;
  readonly detail: string;
}

/** Time limit for one answer of the API server, in milliseconds. */
const requestTimeout = 15_000;

/** Most bytes of a log that are read: more than any collector writes about its configuration. */
const logBytes = 256 * 1024;

export function connect(access: ClusterAccess): Cluster {
  const api = loadKubeConfig(access).makeApiClient(CoreV1Api);
  return {
    createConfigMap: async (body) => {
      await inTime(() => api.createNamespacedConfigMap({ namespace: body.metadata?.namespace ?? "", body }));
    },
    createPod: (body) => inTime(() => api.createNamespacedPod({ namespace: body.metadata?.namespace ?? "", body })),
    readPod: (namespace, name) => unlessMissing(inTime(() => api.readNamespacedPod({ namespace, name }))),
    readLog: (namespace, name, container) =>
      inTime(() => api.readNamespacedPodLog({ namespace, name, container, limitBytes: logBytes })),
    nodes: () => pagesOfNodes(api),
    limitRanges: async (namespace) => {
      const { items } = await inTime(() => api.listNamespacedLimitRange({ namespace }));
      return items.map(limitRangeOf);
    },
    remove: async (kind, namespace, name) => {
      const object = { namespace, name, gracePeriodSeconds: 0 };
      await unlessMissing<unknown>(
        inTime<unknown>(() =>
          kind === "Pod" ? api.deleteNamespacedPod(object) : api.deleteNamespacedConfigMap(object),
        ),
      );
    },
  };
}

/** Nodes are large, so they are read in pages. */
const nodesPerPage = 100;

async function* pagesOfNodes(api: CoreV1Api): AsyncGenerator<NodeFacts[]> {
  const page = (next: string | undefined): Promise<V1NodeList> =>
    inTime(() => api.listNode({ limit: nodesPerPage, _continue: next }));
  for await (const nodes of pagesOf(page))
    yield nodes.map(({ metadata, spec }) => ({ labels: metadata?.labels ?? {}, taints: spec?.taints ?? [] }));
}

function inTime<T>(request: () => Promise<T>): Promise<T> {
  const late = `the API server gave no answer in ${requestTimeout / 1000} s`;
  return unlessThrottled(() => withTimeLimit(request(), requestTimeout, late), Date.now() + requestTimeout);
}

async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (problemOf(error).code === 404) return undefined;
    throw error;
  }
}

/** Returns why a request failed, in the API server's words if the server answered. */
export function problemOf(error: unknown): ApiProblem {
  const { code, body, message, cause } = error as { code?: unknown; body?: unknown; message?: string; cause?: unknown };
  // The outer errors of a failed connection only state that a request failed.
  if (typeof code !== "number") return cause instanceof Error ? problemOf(cause) : { detail: message ?? String(error) };
  const status = typeof body === "string" ? parsed(body) : (body as { message?: string } | undefined);
  return { code, detail: status?.message ?? `status ${code}` };
}

function parsed(text: string): { message?: string } | undefined {
  try {
    return JSON.parse(text) as { message?: string };
  } catch {
    return undefined;
  }
}
