import { grpcRequestBytes } from "./collector";
import { heapPerQueueByte, queuesPart } from "./contract";
import type { PullRole } from "./inputs";

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

/** What a collector has unless told otherwise. */
export interface UsualResources {
  /** What it needs whatever its pipelines, in bytes. */
  readonly memory: number;
  readonly memoryRequest: number;
  readonly cpuMillis: number;
}

/** For the collector itself (about 60 MiB when idle), the metadata of the node's pods, and requests in flight. */
export const gatewayUsual: UsualResources = {
  memory: 256 * mebibyte,
  memoryRequest: 128 * mebibyte,
  cpuMillis: 100,
};

/**
 * On a node, what is needed grows with what is scraped there, by 14 MiB for 10,000 series; this is enough for 200,000
 * with the queue full: measured, docs/agent.md. For the state of the cluster, it grows with its objects.
 */
export const agentUsual: Readonly<Record<PullRole, UsualResources>> = {
  node: { memory: 512 * mebibyte, memoryRequest: 128 * mebibyte, cpuMillis: 50 },
  "cluster-state": { memory: 384 * mebibyte, memoryRequest: 96 * mebibyte, cpuMillis: 20 },
  "api-server": { memory: 256 * mebibyte, memoryRequest: 64 * mebibyte, cpuMillis: 10 },
};

/** Memory for each pipeline of a few, most of it for its queue while its backend does not answer. */
export const pipelineMemory = 256 * mebibyte;
/** Memory that more pipelines than seven share. */
export const sharedMemory = 1792 * mebibyte;
/**
 * A queue that is smaller than the largest request over gRPC could never take one, so the shared memory grows again when
 * there are so many pipelines that their queues would get smaller than that.
 */
export const leastPipelineMemory = (grpcRequestBytes * heapPerQueueByte) / queuesPart;
/**
 * Part of the memory limit from which the garbage collector works harder: below the memory limiter's line, so that
 * data is never refused for the sake of garbage.
 */
export const memoryGoal = 0.55;

/**
 * Percent by which the gateway's heap may grow before garbage is collected, as long as it is below the goal (GOGC): twice
 * what Go does by default gives 6 to 20 % more items per second of CPU for about 20 MiB (docs/gateway.md).
 */
export const gatewayGcPercent = 200;

/**
 * The container's resources for a number of pipelines, except what the user wants otherwise. The memory limit grows by
 * 256 MiB with each of the first seven pipelines, to 2 GiB; from the thirtieth on by 60 MiB with each.
 */
export function gatewayResources(pipelines: number, wanted: Partial<CollectorResources> = {}): CollectorResources {
  return resourcesFor(gatewayUsual, pipelines, wanted);
}

function resourcesFor(
  usual: UsualResources,
  pipelines: number,
  wanted: Partial<CollectorResources>,
): CollectorResources {
  const { cpuMillis = usual.cpuMillis, memoryRequest = usual.memoryRequest } = wanted;
  const memoryLimit = wanted.memoryLimit ?? Math.max(memoryRequest, usual.memory + memoryForPipelines(pipelines));
  return { cpuMillis, memoryRequest, memoryLimit };
}

function memoryForPipelines(pipelines: number): number {
  return Math.max(Math.min(pipelines * pipelineMemory, sharedMemory), pipelines * leastPipelineMemory);
}

/** The resources of one collector of the metric agent and the bytes of each of its queues. */
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

/** What the heap of a node's agent needs besides its queues with 200,000 series: measured, docs/agent.md. */
const scrapingHeap = 200 * mebibyte;

/**
 * Bytes of one queue of a node's agent. Answers of targets come in bursts, so its queues get all that scraping 200,000
 * series leaves: with one pipeline, one sample of each of them.
 */
function nodeQueueBytes(memoryLimit: number, pipelines: number): number {
  const forQueues = Math.min(memoryGoal * memoryLimit - scrapingHeap, queuesPart * memoryLimit);
  return Math.floor(forQueues / pipelines / heapPerQueueByte);
}

/**
 * Bytes of one exporter's queue, so that all queues full at once, of data that takes the most memory, stay below what
 * the memory limiter allows: pipelines whose backends are down must not make the gateway refuse data for the others.
 * Where the user's limit leaves little, it is shared evenly.
 */
export function gatewayQueueBytes({ memoryLimit }: CollectorResources, pipelines: number): number {
  return queueBytes(memoryLimit, gatewayUsual.memory, pipelines);
}

function queueBytes(memoryLimit: number, base: number, pipelines: number): number {
  const forPipelines = Math.max(memoryLimit - base, memoryLimit / 4);
  return Math.floor(((forPipelines / pipelines) * queuesPart) / heapPerQueueByte);
}

/** What users are told about the size of their gateways. */
export interface GatewaySize {
  /** Most memory of one gateway, for example `1.5 GiB`. */
  readonly memoryLimit: string;
  readonly memoryRequest: string;
  /** For example `100m`. */
  readonly cpuRequest: string;
  /** How much encoded data is kept for each pipeline while its backend does not answer. */
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

/** Why the user's memory limit is too small for the pipelines; nothing when it is not. */
export function memoryShortage(resources: CollectorResources, pipelines: number): string | undefined {
  const queue = gatewayQueueBytes(resources, pipelines);
  if (queue >= grpcRequestBytes) return undefined;
  const enough = Math.ceil((gatewayUsual.memory + pipelines * leastPipelineMemory) / mebibyte);
  return (
    `gateway.resources.limits.memory: leaves ${humanBytes(queue)} for the queue of each of ${pipelines} pipelines; ` +
    `larger requests are lost, and clients may send up to ${humanBytes(grpcRequestBytes)}. ${enough}Mi would be enough`
  );
}

/** At most one digit after the point, rounded down: nothing is said to be there that is not. */
function humanBytes(bytes: number): string {
  const [size, unit] = bytes >= 1024 * mebibyte ? [1024 * mebibyte, "GiB"] : [mebibyte, "MiB"];
  return `${Math.floor((bytes / size) * 10) / 10} ${unit}`;
}
