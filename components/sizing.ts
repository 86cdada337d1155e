import { grpcRequestBytes } from "./collector";
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

/** Default resources of a collector. */
export interface UsualResources {
  /** Memory that it needs independently of its pipelines, in bytes. */
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
 * Returns the container's resources for a number of pipelines, with the user's own values where set. The memory limit
 * grows by 256 MiB with each of the first seven pipelines, to 2 GiB, and by 60 MiB with each from the thirtieth on.
 */
export function gatewayResources(pipelines: number, wanted: Partial<CollectorResources> = {}): CollectorResources {
  return resourcesFor(gatewayUsual, pipelines, wanted);
}

function resourcesFor(
  usual: UsualResources,
  pipelines: number,
  wanted: Partial<CollectorResources>,
): CollectorResources {
  const { memoryRequest = usual.memoryRequest, cpuLimitMillis } = wanted;
  // The API server rejects a request above its limit, so a small limit lowers the default request.
  const cpuMillis = wanted.cpuMillis ?? Math.min(usual.cpuMillis, cpuLimitMillis ?? Infinity);
  const memoryLimit = wanted.memoryLimit ?? Math.max(memoryRequest, usual.memory + memoryForPipelines(pipelines));
  return { cpuMillis, ...(cpuLimitMillis !== undefined && { cpuLimitMillis }), memoryRequest, memoryLimit };
}

function memoryForPipelines(pipelines: number): number {
  return Math.max(Math.min(pipelines * pipelineMemory, sharedMemory), pipelines * leastPipelineMemory);
}

/** Returns the resources of one collector of the metric agent, and the bytes of each of its queues. */
export function agentSizing(
  role: PullRole,
  pipelines: number,
  wanted: Partial<CollectorResources> = {},
): { resources: CollectorResources; queueBytes: number } {
  const usual = agentUsual[role];
  const resources = resourcesFor(usual, pipelines, wanted);
  const { memoryLimit } = resources;
  const least = queueBytes(memoryLimit, usual.memory, pipelines);
  return { resources, queueBytes: role === "node" ? Math.max(least, nodeQueueBytes(memoryLimit, pipelines)) : least };
}

/** Heap in bytes that a node's agent needs for 200,000 series, besides its queues (measured, docs/agent.md). */
const scrapingHeap = 200 * mebibyte;

/**
 * Returns the bytes of one queue of a node's agent. Answers of targets arrive in bursts, so the queues get all memory
 * that scraping 200,000 series leaves. With one pipeline, that is one sample of each series.
 */
function nodeQueueBytes(memoryLimit: number, pipelines: number): number {
  const forQueues = Math.min(memoryGoal * memoryLimit - scrapingHeap, queuesPart * memoryLimit);
  return Math.floor(forQueues / pipelines / heapPerQueueByte);
}

/**
 * Returns the bytes of one exporter's queue. Even if all queues are full of the data that needs the most memory, they
 * stay below the memory limiter's threshold: pipelines whose backends are down must not make the gateway reject data
 * for the others. If the user's limit leaves little, the pipelines share it evenly.
 */
export function gatewayQueueBytes({ memoryLimit }: CollectorResources, pipelines: number): number {
  return queueBytes(memoryLimit, gatewayUsual.memory, pipelines);
}

function queueBytes(memoryLimit: number, base: number, pipelines: number): number {
  const forPipelines = Math.max(memoryLimit - base, memoryLimit / 4);
  return Math.floor(((forPipelines / pipelines) * queuesPart) / heapPerQueueByte);
}

/** Size of a gateway in readable units, for the stack's outputs. */
export interface GatewaySize {
  /** Memory limit of one gateway, for example `1.5 GiB`. */
  readonly memoryLimit: string;
  readonly memoryRequest: string;
  /** CPU request of one gateway, for example `100m`. */
  readonly cpuRequest: string;
  /** Encoded data that is kept for each pipeline while its backend does not answer. */
  readonly queuePerPipeline: string;
}

export function gatewaySize(resources: CollectorResources, pipelines: number): GatewaySize {
  return {
    memoryLimit: humanBytes(resources.memoryLimit),
    memoryRequest: humanBytes(resources.memoryRequest),
    cpuRequest: `${resources.cpuMillis}m`,
    queuePerPipeline: humanBytes(gatewayQueueBytes(resources, pipelines)),
  };
}

/** Returns a warning if the user's memory limit is too small for the pipelines. */
export function memoryShortage(resources: CollectorResources, pipelines: number): string | undefined {
  const queue = gatewayQueueBytes(resources, pipelines);
  if (queue >= grpcRequestBytes) return undefined;
  const enough = Math.ceil((gatewayUsual.memory + pipelines * leastPipelineMemory) / mebibyte);
  return (
    `gateway.resources.limits.memory: leaves ${humanBytes(queue)} for the queue of each of ${pipelines} pipelines; ` +
    `larger requests are lost, and clients may send up to ${humanBytes(grpcRequestBytes)}. ${enough}Mi would be enough`
  );
}

/** Writes bytes with at most one decimal, rounded down so that the text never promises too much. */
function humanBytes(bytes: number): string {
  const [size, unit] = bytes >= 1024 * mebibyte ? [1024 * mebibyte, "GiB"] : [mebibyte, "MiB"];
  return `${Math.floor((bytes / size) * 10) / 10} ${unit}`;
}
