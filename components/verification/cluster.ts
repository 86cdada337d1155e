import { Agent, request as httpRequest } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { AppsV1Api, CoreV1Api, PortForward } from "@kubernetes/client-node";
import { containerName } from "../collector/config";
import type { ClusterAccess } from "../outside";
import { loadKubeConfig } from "../outside/kubeconfig";
import { withTimeLimit } from "../outside/time-limit";
import type { CollectorTarget } from "./targets";
import { deploymentState, type PodState, type WorkloadState } from "./workload-health";

/** What a check needs of a cluster. Each promise is rejected after a few seconds without an answer. */
export interface Cluster {
  /** Nothing when there is none of the name. */
  workload(namespace: string, collector: CollectorTarget): Promise<WorkloadState | undefined>;
  /** The pods of a collector, by its name. */
  pods(namespace: string, collector: string): Promise<readonly PodState[]>;
  /** The end of what a pod logged in the last seconds. */
  log(namespace: string, pod: string, seconds: number): Promise<string>;
  /** The namespace of each Pod and each Service that is annotated for scraping; of Pods, of those that run. */
  annotated(): Promise<readonly string[]>;
  /** What a port that listens on the pod's loopback address has at a path; the body of a good answer. */
  ask(namespace: string, pod: string, port: number, path: string): Promise<string>;
  /** Pushes JSON to such a port, one after the other through one port-forward, and does not mind the answers. */
  push(namespace: string, pod: string, port: number, requests: readonly PushRequest[]): Promise<void>;
}

export interface PushRequest {
  readonly path: string;
  readonly body: string;
}

/** Milliseconds for one request. */
const patience = 8_000;

/** Bytes of a log that are read at most; failures that are told for minutes are in its end, too. */
const logBytes = 1024 * 1024;

/** The cluster that `kubectl` goes to, or that `access` says. */
export function connect(access: ClusterAccess): Cluster {
  const config = loadKubeConfig(access);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const forward = new PortForward(config);
  return {
    workload: async (namespace, { workload, name }) => {
      const found =
        workload === "DaemonSet"
          ? apps.readNamespacedDaemonSet({ namespace, name })
          : apps.readNamespacedDeployment({ namespace, name }).then(deploymentState);
      return timely<WorkloadState | undefined>(found.catch(undefinedIfMissing));
    },
    pods: async (namespace, collector) => {
      const labelSelector = `app.kubernetes.io/name=${collector}`;
      // From the API server's memory: a pod that came just now is seen at the next look.
      const { items } = await timely(core.listNamespacedPod({ namespace, labelSelector, resourceVersion: "0" }));
      return items as readonly PodState[];
    },
    log: async (namespace, name, sinceSeconds) =>
      (await timely(
        core.readNamespacedPodLog({ namespace, name, container: containerName, sinceSeconds, limitBytes: logBytes }),
      )) ?? "",
    annotated: async () => [
      ...(await annotatedNamespaces((next) => core.listPodForAllNamespaces({ limit: 500, _continue: next }))),
      ...(await annotatedNamespaces((next) => core.listServiceForAllNamespaces({ limit: 500, _continue: next }))),
    ],
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

interface ListPage {
  readonly metadata?: { readonly _continue?: string };
  readonly items: readonly {
    readonly metadata?: { readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly status?: object;
  }[];
}

/** A page at a time: there may be many thousands of objects. */
async function annotatedNamespaces(page: (next: string | undefined) => Promise<ListPage>): Promise<string[]> {
  const namespaces: string[] = [];
  let next: string | undefined;
  do {
    const { metadata, items } = await timely(page(next));
    for (const { metadata: object, status = {} } of items) {
      const isOver = "phase" in status && status.phase !== "Running";
      if (object?.annotations?.["prometheus.io/scrape"] === "true" && !isOver) namespaces.push(object.namespace ?? "");
    }
    next = metadata?._continue;
  } while (next);
  return namespaces;
}

function undefinedIfMissing(error: unknown): undefined {
  if ((error as { code?: unknown }).code === 404) return undefined;
  throw error;
}

function timely<T>(work: Promise<T>): Promise<T> {
  return withTimeLimit(work, patience, `no answer within ${patience / 1000} s`);
}

/** What is used of the web socket that a port-forward is, and whose types the client does not bring. */
interface Socket {
  onclose: () => void;
  close(): void;
}

/**
 * Through a port-forward the connection comes from inside the pod: no NetworkPolicy stands in the way, and none has to
 * let the control plane in.
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

/** Sends everything through one connection, which is none of the network: it has nothing to be kept alive by. */
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

/** Makes it a POST where there is a body. */
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
