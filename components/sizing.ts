import type { GatewayResources } from "./gateway";

const mebibyte = 1024 * 1024;

/**
 * Memory that a gateway needs whatever its pipelines: the collector itself (about 60 MiB when idle), the metadata of
 * the node's pods, and requests in flight.
 */
const baseMemory = 256 * mebibyte;
/** Memory each pipeline may use: its queue, and as much again for what is on its way to the backend. */
const pipelineMemory = 128 * mebibyte;

/** The container's resources for a number of pipelines. */
export function gatewayResources(pipelines: number): GatewayResources {
  return {
    cpuMillis: 100,
    memoryRequest: 128 * mebibyte,
    memoryLimit: baseMemory + pipelines * pipelineMemory,
  };
}

/**
 * Bytes of one exporter's queue, so that all queues full at once stay below what the memory limiter allows. Half of a
 * pipeline's share, because the queue counts encoded bytes and data takes about twice that in memory.
 */
export function gatewayQueueBytes(resources: GatewayResources, pipelines: number): number {
  return Math.floor(((resources.memoryLimit - baseMemory) / pipelines) * 0.25);
}
