/** What the collector's container asks for and may use. */
export interface CollectorResources {
  /** CPU request in millicores. There is no CPU limit: a throttled collector would lose data that an idle core could save. */
  cpuMillis: number;
  /** Memory request in bytes. */
  memoryRequest: number;
  /** Memory limit in bytes; queues and the memory limiter are sized from it. */
  memoryLimit: number;
}

const mebibyte = 1024 * 1024;

/**
 * Memory that a gateway needs whatever its pipelines: the collector itself (about 60 MiB when idle), the metadata of
 * the node's pods, and requests in flight.
 */
const baseMemory = 256 * mebibyte;
/** Memory for each pipeline, most of it for its queue while its backend does not answer. */
const pipelineMemory = 256 * mebibyte;
/**
 * Bytes of memory for one byte in a queue, which counts data as it will be encoded: measured 5.9 for data points with
 * one short attribute, 4 for small spans, less the more text there is.
 */
const heapPerQueueByte = 6;
/** Part of the memory that full queues may take: clearly below `memoryGoal`. */
const queuesPart = 0.4;
/**
 * Part of the memory limit from which the garbage collector works harder: below the memory limiter's line, so that
 * data is never refused for the sake of garbage.
 */
export const memoryGoal = 0.55;

/** The container's resources for a number of pipelines, except what the user wants otherwise. */
export function gatewayResources(pipelines: number, wanted: Partial<CollectorResources> = {}): CollectorResources {
  const memoryLimit = wanted.memoryLimit ?? baseMemory + pipelines * pipelineMemory;
  return {
    cpuMillis: wanted.cpuMillis ?? 100,
    memoryRequest: Math.min(wanted.memoryRequest ?? 128 * mebibyte, memoryLimit),
    memoryLimit,
  };
}

/**
 * Bytes of one exporter's queue, so that all queues full at once, of data that takes the most memory, stay below what
 * the memory limiter allows: pipelines whose backends are down must not make the gateway refuse data for the others.
 * Where the user's limit leaves little, it is shared evenly.
 */
export function gatewayQueueBytes({ memoryLimit }: CollectorResources, pipelines: number): number {
  const forPipelines = Math.max(memoryLimit - baseMemory, memoryLimit / 4);
  return Math.floor(((forPipelines / pipelines) * queuesPart) / heapPerQueueByte);
}
