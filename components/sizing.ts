import { grpcRequestBytes, type PipelineModel } from "./collector";
import { heapPerQueueByte, queuesPart } from "./contract";
import type { PullRole } from "./inputs";

/** Requests and limits of the collector's container. */
export interface CollectorResources {
  /** CPU request in millicores. */
  cpuMillis: number;
  /**
   * CPU limit in millicores. By default there is none: a throttled collector would lose data that an idle core could
   * save. With a limit, Go's scheduler adapts to it without a setting (since Go 1.25).
   */
  cpuLimitMillis?: number;
  /** Memory request in bytes. */
  memoryRequest: number;
  /** Memory limit in bytes; queues and the memory limiter are sized from it. */
  memoryLimit: number;
}

const mebibyte = 1024 * 1024;

/** The queues of a collector's pipelines. */
export interface Queues {
  /** Number of pipelines without a size of their own. They share the rest of the memory evenly. */
  readonly even: number;
  /** Queues whose size the user has set. */
  readonly own: readonly OwnQueue[];
}

interface OwnQueue {
  /** Id of the pipeline. */
  readonly id: string;
  /** Place of the pipeline in the user's configuration. */
  readonly path: string;
  readonly bytes: number;
}

/** Returns the queues of the pipelines that a collector serves. */
export function queuesOf(served: readonly Pick<PipelineModel, "id" | "path" | "exporter">[]): Queues {
  const own = served.flatMap(({ id, path, exporter: { queueBytes: bytes } }) =>
    bytes === undefined ? [] : [{ id, path, bytes }],
  );
  return { even: served.length - own.length, own };
}

/** Default resources of a collector. */
export interface UsualResources {
  /** Base of the memory limit: what it needs without pipelines, in bytes. */
  readonly memory: number;
  readonly memoryRequest: number;
  readonly cpuMillis: number;
}

/** Defaults of the gateway: for itself (about 60 MiB when idle), metadata of the node's pods and requests in flight. */
export const gatewayUsual: UsualResources = {
  memory: 256 * mebibyte,
  memoryRequest: 128 * mebibyte,
  cpuMillis: 100,
};

/**
 * Defaults of the agent. On a node, the memory grows by 14 MiB for 10,000 scraped series; the default is enough for
 * 200,000 series with a full queue (measured, docs/agent.md). For the cluster's state, it grows with the objects.
 */
export const agentUsual: Readonly<Record<PullRole, UsualResources>> = {
  node: { memory: 512 * mebibyte, memoryRequest: 128 * mebibyte, cpuMillis: 50 },
  "cluster-state": { memory: 384 * mebibyte, memoryRequest: 96 * mebibyte, cpuMillis: 20 },
  "api-server": { memory: 256 * mebibyte, memoryRequest: 64 * mebibyte, cpuMillis: 10 },
};

/**
 * Defaults of the log agent. Its queues are on the node's disk, so its memory is for the lines that it reads and for the
 * requests in flight.
 */
export const logAgentUsual: UsualResources = {
  memory: 256 * mebibyte,
  memoryRequest: 128 * mebibyte,
  cpuMillis: 50,
};

/** Memory in bytes of the log agent for each of its pipelines: requests that are made and sent. */
export const logPipelineMemory = 64 * mebibyte;

/** Default of the bytes on the node's disk for each pipeline of the log agent. */
export const diskQueueBytes = 256 * mebibyte;

/** Returns the resources of a log agent with this number of pipelines, with the user's own values where set. */
export function logAgentResources(pipelines: number, wanted: Partial<CollectorResources> = {}): CollectorResources {
  return resourcesWith(logAgentUsual, pipelines * logPipelineMemory, wanted);
}

/** Memory in bytes for each of the first seven pipelines, mostly for its queue while its backend does not answer. */
export const pipelineMemory = 256 * mebibyte;
/** Memory in bytes that more than seven pipelines share. */
export const sharedMemory = 1792 * mebibyte;
/**
 * Least memory in bytes for each pipeline. A queue must hold the largest gRPC request. So the shared memory grows again
 * if there are so many pipelines that their queues would be smaller than that.
 */
export const leastPipelineMemory = (grpcRequestBytes * heapPerQueueByte) / queuesPart;
/**
 * Part of the memory limit from which the garbage collector works harder. It is below the memory limiter's threshold,
 * so that data is never rejected because of garbage.
 */
export const memoryGoal = 0.55;

/**
 * Percent by which the gateway's heap may grow before garbage is collected, as long as it is below the goal (GOGC).
 * Twice Go's default gives 6 to 20 % more items per second of CPU for about 20 MiB (docs/gateway.md).
 */
export const gatewayGcPercent = 200;

/**
 * Returns the gateway's resources for its queues, with the user's own values where set. A memory request above the
 * default raises the limit to it. The limit grows by `pipelineMemory` with each pipeline that takes pushed data, up to
 * `sharedMemory` for all. With so many pipelines that each has less than `leastPipelineMemory` of it, the limit grows again.
 * For a pipeline with its own queue, it grows by `heapPerQueueByte / queuesPart` bytes for each byte of the queue instead.
 */
export function gatewayResources(queues: Queues, wanted: Partial<CollectorResources> = {}): CollectorResources {
  return resourcesFor(gatewayUsual, queues, wanted);
}

function resourcesFor(usual: UsualResources, queues: Queues, wanted: Partial<CollectorResources>): CollectorResources {
  return resourcesWith(usual, memoryForPipelines(queues.even) + wholeMebibytes(ownMemory(queues)), wanted);
}

function resourcesWith(
  usual: UsualResources,
  memoryForQueues: number,
  wanted: Partial<CollectorResources>,
): CollectorResources {
  const { memoryRequest = usual.memoryRequest, cpuLimitMillis } = wanted;
  // The API server rejects a request above its limit, so a small limit lowers the default request.
  const cpuMillis = wanted.cpuMillis ?? Math.min(usual.cpuMillis, cpuLimitMillis ?? Infinity);
  const memoryLimit = wanted.memoryLimit ?? Math.max(memoryRequest, usual.memory + memoryForQueues);
  return { cpuMillis, ...(cpuLimitMillis !== undefined && { cpuLimitMillis }), memoryRequest, memoryLimit };
}

function memoryForPipelines(pipelines: number): number {
  return Math.max(Math.min(pipelines * pipelineMemory, sharedMemory), pipelines * leastPipelineMemory);
}

/** Returns the bytes to add to the memory limit so that the users' own queues fit into its part for queues when full. */
function ownMemory({ own }: Queues): number {
  return (own.reduce((sum, { bytes }) => sum + bytes, 0) * heapPerQueueByte) / queuesPart;
}

const wholeMebibytes = (bytes: number): number => Math.ceil(bytes / mebibyte) * mebibyte;

/** Returns the resources of one collector of the metric agent, and the bytes of each queue without its own size. */
export function agentSizing(
  role: PullRole,
  queues: Queues,
  wanted: Partial<CollectorResources> = {},
): { resources: CollectorResources; queueBytes: number } {
  const resources = resourcesFor(agentUsual[role], queues, wanted);
  return { resources, queueBytes: evenQueueBytes(role, resources.memoryLimit, queues) };
}

/** Heap in bytes that a node's agent needs for 200,000 series, besides its queues (measured, docs/agent.md). */
const scrapingHeap = 200 * mebibyte;

/**
 * Returns the bytes of one queue of a node's agent. Answers of targets arrive in bursts, so the queues get all memory
 * that scraping 200,000 series leaves. With one pipeline, that is one sample of each series.
 */
function nodeQueueBytes(memoryLimit: number, queues: Queues): number {
  const forQueues = Math.min(memoryGoal * memoryLimit - scrapingHeap, queuesPart * memoryLimit);
  return Math.floor((forQueues - queuesPart * ownMemory(queues)) / sharers(queues) / heapPerQueueByte);
}

/**
 * Returns the bytes of the queue of a pipeline without its own size. Even if all queues are full of the data that needs
 * the most memory, they stay below the memory limiter's threshold: pipelines whose backends are down must not make the
 * gateway reject data for the others. If the user's limit leaves little, the pipelines share it evenly.
 */
export function gatewayQueueBytes({ memoryLimit }: CollectorResources, queues: Queues): number {
  return evenQueueBytes("gateway", memoryLimit, queues);
}

type Collector = "gateway" | PullRole;

const usualMemory = (collector: Collector): number =>
  (collector === "gateway" ? gatewayUsual : agentUsual[collector]).memory;

/** Returns the even share of what the users' own queues leave. It is negative if they do not fit. */
function evenQueueBytes(collector: Collector, memoryLimit: number, queues: Queues): number {
  const forPipelines = Math.max(memoryLimit - usualMemory(collector), memoryLimit / 4) - ownMemory(queues);
  const least = Math.floor(((forPipelines / sharers(queues)) * queuesPart) / heapPerQueueByte);
  return collector === "node" ? Math.max(least, nodeQueueBytes(memoryLimit, queues)) : least;
}

/** Number of pipelines that share the rest. If there are none, the rest is one share that nobody uses. */
const sharers = ({ even }: Queues): number => Math.max(even, 1);

/**
 * Returns the memory limit in bytes that the users' own queues require, if they do not fit into the limit. Each other
 * queue must still hold the largest gRPC request. Returns nothing if they fit.
 */
export function memoryForOwnQueues(collector: Collector, memoryLimit: number, queues: Queues): number | undefined {
  const least = queues.even === 0 ? 0 : grpcRequestBytes;
  if (queues.own.length === 0 || evenQueueBytes(collector, memoryLimit, queues) >= least) return undefined;
  const forQueues = ownMemory(queues) + queues.even * leastPipelineMemory;
  const heap = forQueues * queuesPart;
  const enough = usualMemory(collector) + forQueues;
  // One mebibyte more than the exact amount, which rounding could miss.
  const enoughOnNode = Math.max((heap + scrapingHeap) / memoryGoal, forQueues) + mebibyte;
  return wholeMebibytes(collector === "node" ? Math.min(enough, enoughOnNode) : enough);
}

/** Size of a gateway in readable units, for the stack's outputs. */
export interface GatewaySize {
  /** Memory limit of one gateway, for example `1.5 GiB`. */
  readonly memoryLimit: string;
  readonly memoryRequest: string;
  /** CPU request of one gateway, for example `100m`. */
  readonly cpuRequest: string;
  /**
   * Encoded data that is kept for each pipeline while its backend does not answer: the even share, then the sizes that
   * users have set, for example `17 MiB; 64 MiB for tracePipelines/shop`.
   */
  readonly queuePerPipeline: string;
}

export function gatewaySize(resources: CollectorResources, queues: Queues): GatewaySize {
  const sizes = [...new Set(queues.own.map(({ bytes }) => bytes))].sort((a, b) => b - a);
  const own = sizes.map((size) => {
    const ids = queues.own.filter(({ bytes }) => bytes === size).map(({ id }) => id);
    return `${humanBytes(size)} for ${ids.join(", ")}`;
  });
  const even = queues.even === 0 ? [] : [humanBytes(gatewayQueueBytes(resources, queues))];
  return {
    memoryLimit: humanBytes(resources.memoryLimit),
    memoryRequest: humanBytes(resources.memoryRequest),
    cpuRequest: `${resources.cpuMillis}m`,
    queuePerPipeline: [...even, ...own].join("; "),
  };
}

/** Returns a warning if the user's memory limit is too small for the pipelines without their own queues. */
export function memoryShortage(resources: CollectorResources, queues: Queues): string | undefined {
  const queue = gatewayQueueBytes(resources, queues);
  if (queues.even === 0 || queue >= grpcRequestBytes) return undefined;
  const forQueues = ownMemory(queues) + queues.even * leastPipelineMemory;
  const enough = Math.ceil((gatewayUsual.memory + forQueues) / mebibyte);
  return (
    `gateway.resources.limits.memory: leaves ${humanBytes(queue)} for the queue of each of ${queues.even} pipelines; ` +
    `larger requests are lost, and clients may send up to ${humanBytes(grpcRequestBytes)}. ${enough}Mi would be enough`
  );
}

/** Writes bytes with at most one decimal, rounded down so that the text never promises too much. */
function humanBytes(bytes: number): string {
  const [size, unit] = bytes >= 1024 * mebibyte ? [1024 * mebibyte, "GiB"] : [mebibyte, "MiB"];
  return `${Math.floor((bytes / size) * 10) / 10} ${unit}`;
}
