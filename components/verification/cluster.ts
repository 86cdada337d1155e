import { Agent, request as httpRequest } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { AppsV1Api, CoreV1Api, PortForward } from "@kubernetes/client-node";
import { limitRangeOf, type LimitRange } from "../admission";
import { containerName, labelKeys } from "../contract";
import { type ClusterAccess, loadKubeConfig, pagesOf, unlessThrottled, withTimeLimit } from "../cluster-access";
import type { AnnotatedObject, MonitorTarget } from "../inputs";
import { crowdedObjects, type CrowdedObject } from "./crowded-objects";
import { annotatedObjects } from "./read-annotated";
import { monitoredJobs, type MonitoredJob } from "./read-monitored";
import { runningContainers, type RunningContainer } from "./running-containers";
import type { CollectorTarget } from "./targets";
import { labelOfRevision, type PodState } from "./pod-facts";
import { latestRefusal } from "./pod-refusal";
import { lostOf } from "./lost-nodes";
import { deploymentState, type WorkloadState } from "./workload-health";

/** The requests that a check sends to a cluster. Each promise rejects after a few seconds without an answer. */
export interface Cluster {
  /** `undefined` if no workload has this name. */
  workload(namespace: string, collector: CollectorTarget): Promise<WorkloadState | undefined>;
  /** The pods of a collector, by the name of the collector. */
  pods(namespace: string, collector: string): Promise<readonly PodState[]>;
  /** The current revision of a DaemonSet; `undefined` if it has none yet. */
  revision(namespace: string, daemonSet: string): Promise<string | undefined>;
  /** Those of the nodes that are not ready or gone, with the reason of Kubernetes. */
  lostNodes(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /**
   * Why the controller of a DaemonSet could not create a pod, in the API server's words, if it could not since a time in
   * milliseconds since 1970.
   */
  podRefusal(namespace: string, daemonSet: string, since: number): Promise<string | undefined>;
  limitRanges(namespace: string): Promise<readonly LimitRange[]>;
  /** Deletes a pod, which its controller replaces. */
  deletePod(namespace: string, pod: string): Promise<void>;
  /** The end of what a pod logged in the last `seconds`. */
  log(namespace: string, pod: string, seconds: number): Promise<string>;
  /** All running Pods, and all Services, with annotations for scraping. */
  annotated(): Promise<readonly AnnotatedObject[]>;
  /** The Pods and Services with so many annotations and labels that agents need long to find targets. */
  crowded(): Promise<readonly CrowdedObject[]>;
  /** The pods of each job of a monitor, or why there are none. */
  monitoredJobs(targets: readonly MonitorTarget[]): Promise<readonly MonitoredJob[]>;
  /** All containers that have run for a minute or longer. */
  runningContainers(): Promise<readonly RunningContainer[]>;
  /** Requests a path from a port on the pod's loopback address and returns the body of a successful answer. */
  ask(namespace: string, pod: string, port: number, path: string): Promise<string>;
  /** Posts JSON to such a port, one request after another through one port-forward, and ignores the answers. */
  push(namespace: string, pod: string, port: number, requests: readonly PushRequest[]): Promise<void>;
}

export interface PushRequest {
  readonly path: string;
  readonly body: string;
}

/** Time limit of one request, in milliseconds. */
const patience = 8_000;

/** Most nodes that are read one by one. More are read by a list of all nodes. */
const singleNodes = 20;

/**
 * Most lines and bytes of a log to read. A failure that lasts is also at the end of the log. The lines come first: with
 * bytes alone, the kubelet returns the beginning of the time.
 */
const logEnd = { tailLines: 2000, limitBytes: 2 * 1024 * 1024 };

/**
 * Connects to the cluster that `access` names, or else to the current one of `kubectl`.
 *
 * @param until time in milliseconds since 1970 up to which requests are repeated that the API server rejects as too many
 */
export function connect(access: ClusterAccess, until = 0): Cluster {
  const config = loadKubeConfig(access);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const forward = new PortForward(config);
  const asked = <T>(request: () => Promise<T>): Promise<T> => unlessThrottled(() => timely(request()), until);
  const page = { limit: 500 };
  // A check asks several questions about all Services and Pods at its end. One list of each is enough for them.
  const services = once(() =>
    allPages((next) => asked(() => core.listServiceForAllNamespaces({ ...page, _continue: next }))),
  );
  const pods = once(() => allPages((next) => asked(() => core.listPodForAllNamespaces({ ...page, _continue: next }))));
  return {
    workload: async (namespace, { workload, name }) => {
      const find = (): Promise<WorkloadState> =>
        workload === "DaemonSet"
          ? apps.readNamespacedDaemonSet({ namespace, name })
          : apps.readNamespacedDeployment({ namespace, name }).then(deploymentState);
      return asked<WorkloadState | undefined>(() => find().catch(undefinedIfMissing));
    },
    pods: async (namespace, collector) => {
      const labelSelector = `${labelKeys.name}=${collector}`;
      // Served from the API server's cache: the next look sees a pod that is missing in it.
      const { items } = await asked(() => core.listNamespacedPod({ namespace, labelSelector, resourceVersion: "0" }));
      return items as readonly PodState[];
    },
    revision: async (namespace, daemonSet) => {
      const labelSelector = `${labelKeys.name}=${daemonSet}`;
      const { items } = await asked(() => apps.listNamespacedControllerRevision({ namespace, labelSelector }));
      const [newest] = items.sort((a, b) => b.revision - a.revision);
      return newest?.metadata?.labels?.[labelOfRevision];
    },
    lostNodes: async (names) => {
      if (names.length <= singleNodes) {
        const all = await Promise.all(
          names.map(
            async (name) => [name, await asked(() => core.readNode({ name }).catch(undefinedIfMissing))] as const,
          ),
        );
        return lostOf(all);
      }
      const { items } = await asked(() => core.listNode({ resourceVersion: "0" }));
      return lostOf(names.map((name) => [name, items.find(({ metadata }) => metadata?.name === name)] as const));
    },
    podRefusal: async (namespace, daemonSet, since) => {
      const fieldSelector = `involvedObject.kind=DaemonSet,involvedObject.name=${daemonSet},reason=FailedCreate`;
      const { items } = await asked(() => core.listNamespacedEvent({ namespace, fieldSelector }));
      return latestRefusal(items, since);
    },
    limitRanges: async (namespace) => {
      const { items } = await asked(() => core.listNamespacedLimitRange({ namespace }));
      return items.map(limitRangeOf);
    },
    deletePod: async (namespace, name) => {
      await asked<unknown>(() => core.deleteNamespacedPod({ namespace, name }).catch(undefinedIfMissing));
    },
    log: async (namespace, name, sinceSeconds) =>
      (await asked(() =>
        core.readNamespacedPodLog({ namespace, name, container: containerName, sinceSeconds, ...logEnd }),
      )) ?? "",
    annotated: async () => annotatedObjects(await services(), await pods()),
    crowded: async () => crowdedObjects(await services(), await pods()),
    monitoredJobs: async (targets) => monitoredJobs(targets, await services(), await pods(), new Date()),
    runningContainers: async () => runningContainers(await pods(), Date.now()),
    ask: (namespace, pod, port, path) =>
      timely(
        throughForward(forward, namespace, pod, port, async (agent) => {
          const { status, text } = await send(agent, port, path);
          if (status !== 200) throw new Error(`status ${status}`);
          return text;
        }),
      ),
    push: (namespace, pod, port, requests) =>
      timely(
        throughForward(forward, namespace, pod, port, async (agent) => {
          for (const { path, body } of requests) await send(agent, port, path, body);
        }),
      ),
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= read());
}

async function allPages<Item>(read: Parameters<typeof pagesOf<Item>>[0]): Promise<Item[]> {
  const all: Item[] = [];
  for await (const items of pagesOf(read)) all.push(...items);
  return all;
}

function undefinedIfMissing(error: unknown): undefined {
  if ((error as { code?: unknown }).code === 404) return undefined;
  throw error;
}

function timely<T>(work: Promise<T>): Promise<T> {
  return withTimeLimit(work, patience, `no answer within ${patience / 1000} s`);
}

/** The used part of the web socket behind a port-forward; the client does not declare its type. */
interface Socket {
  onclose: () => void;
  close(): void;
}

/**
 * A connection through a port-forward comes from inside the pod, so no NetworkPolicy blocks it, and none has to admit
 * the control plane.
 */
async function throughForward<T>(
  forward: PortForward,
  namespace: string,
  pod: string,
  port: number,
  talk: (agent: Agent) => Promise<T>,
): Promise<T> {
  const [fromPod, toPod, problems] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const socket = (await forward.portForward(namespace, pod, [port], fromPod, problems, toPod)) as unknown as Socket;
  const connection = Duplex.from({ readable: fromPod, writable: toPod });
  const end = setTimeout(() => socket.close(), patience);
  try {
    return await new Promise<T>((resolve, reject) => {
      const fail = (text: string): void => reject(new Error(text));
      problems.once("data", () => fail(`nothing listens on port ${port}`));
      socket.onclose = () => fail("the port-forward ended");
      connection.once("error", reject);
      talk(new OneConnection(connection)).then(resolve, reject);
    });
  } finally {
    clearTimeout(end);
    socket.close();
    connection.on("error", () => undefined).destroy();
  }
}

/** Sends everything through one connection, which is not a network socket and has no keep-alive of its own. */
class OneConnection extends Agent {
  constructor(private readonly connection: Duplex) {
    super({ keepAlive: true, maxSockets: 1 });
  }

  override createConnection(): Duplex {
    return this.connection;
  }

  override keepSocketAlive(): boolean {
    return true;
  }

  override reuseSocket(): void {
    return;
  }
}

/** Sends a GET, or a POST if there is a body. */
function send(agent: Agent, port: number, path: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
