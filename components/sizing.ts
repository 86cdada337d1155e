import type { GatewayResources } from "./gateway";

const mebibyte = 1024 * 1024;

/**
 * Memory that a gateway needs whatever its pipelines: the collector itself (about 60 MiB when idle), the metadata of
 * the node's pods, and requests in flight.
 */
const baseMemory = 256 * mebibyte;
/** Memory each pipeline may use: its queue, and as much again for what is on its way to the backend. */
const pipelineMemory = 128 * mebibyte;

/** The container's resources for a number of pipelines, except what the user wants otherwise. */
export function gatewayResources(pipelines: number, wanted: Partial<GatewayResources> = {}): GatewayResources {
  const memoryLimit = wanted.memoryLimit ?? baseMemory + pipelines * pipelineMemory;
  return {
    cpuMillis: wanted.cpuMillis ?? 100,
    memoryRequest: Math.min(wanted.memoryRequest ?? 128 * mebibyte, memoryLimit),
    memoryLimit,
  };
}

/**
 * Bytes of one exporter's queue, so that all queues full at once stay below what the memory limiter allows. A quarter
 * of a pipeline's share: the queue counts encoded bytes, data takes about twice that in memory, and as much again may
 * be on its way to the backend. Where the user's limit leaves little, it is shared evenly.
 */
export function gatewayQueueBytes({ memoryLimit }: GatewayResources, pipelines: number): number {
  const forPipelines = Math.max(memoryLimit - baseMemory, memoryLimit / 4);
  return Math.floor((forPipelines / pipelines) * 0.25);
}
