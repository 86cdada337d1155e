import type { ComponentChain, ServicePipeline } from "./config";
import { pipelineComponent, signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";

/** Batching in front of and behind the queues, so that a failing backend affects only its own pipeline. */

/** Largest request in bytes that gRPC servers accept by default: backends, and the gateway itself. */
export const grpcRequestBytes = 4 * 1024 * 1024;
/**
 * Bytes of a large item: a histogram with many buckets, a span with a statement and events, a log record with a stack
 * trace. A request to a backend has as many items as fit if all of them are this large. Counting bytes instead costs
 * more: the collector would measure the whole batch again for each request that it adds.
 */
const largeItemBytes = { metrics: 2048, traces: 4096, logs: 4096 } as const;
/** Longest time that data waits for its batch to fill. */
const flushInterval = "1s";

/** Returns the bytes of a pipeline's queue: its own size, or the collector's even share. */
export function queueOf({ exporter }: Pick<PipelineModel, "exporter">, evenShare: number): number {
  return exporter.queueBytes ?? evenShare;
}

/**
 * Returns the number of items in one request to a backend: 2048 points, 1024 spans or 1024 records. With that many,
 * compression and round trips pay off. A queue that cannot hold as many large items gets smaller requests.
 */
export function batchItems(signal: Signal, queueBytes: number): number {
  return Math.max(1, Math.floor(Math.min(grpcRequestBytes, queueBytes) / largeItemBytes[signal]));
}

/**
 * Returns the settings of batches that one exporter makes behind its queue. Data stays in the queue until its batch is
 * full. So the queue must hold more than one batch, or new data would find a full queue until the next flush.
 */
export function batchesBehindQueue(signal: Signal, queueBytes: number): unknown {
  const items = batchItems(signal, queueBytes);
  return { sizer: "items", min_size: items, max_size: items, flush_timeout: flushInterval };
}

/**
 * Batches behind a queue on disk, whose items are the lines of containers. One line has 20 bytes or a million, so only a
 * limit in bytes keeps a request below the limit of gRPC servers. The exporter drops a record that exceeds it, and other
 * records with it, so the log agent limits lines (`container-log-lines.ts`) and JSON (`container-log-fields.ts`) to fit.
 */
export const batchesOfBytes = {
  sizer: "bytes",
  min_size: grpcRequestBytes / 4,
  max_size: (grpcRequestBytes * 3) / 4,
  flush_timeout: flushInterval,
};

/**
 * Returns the processor that keeps a pipeline's failure from the others; none for the only pipeline of its signal.
 * Without this processor, the fan-out returns an error of any branch to the sender, which then sends all data again. A
 * full queue of one pipeline would cause duplicates in the others, and losses once the sender gives up. The processor
 * accepts the data at once and does not return the exporter's error, which is counted as `enqueue_failed`. It makes no
 * batches: the exporter does that behind its queue. The only pipeline of its signal returns the error of a full queue.
 */
export function isolation(pipeline: PipelineModel, served: readonly PipelineModel[]): ComponentChain {
  const isAlone = served.filter(({ signal }) => signal === pipeline.signal).length === 1;
  return isAlone ? [] : [{ id: pipelineComponent("batch", "isolation", pipeline), config: { timeout: "0s" } }];
}

/**
 * Batches that several pipelines send unchanged. One processor makes them in front of all queues, so that the queues
 * share one copy of the data. An exporter that makes batches itself changes its data and so needs its own copy. Without
 * compression, three such pipelines send a third more items per second of CPU than a bare collector with three
 * exporters (docs/gateway.md). The batches also isolate failures, as `isolation` does.
 */
export interface SharedBatches {
  /** The connector that passes the batches on. */
  readonly source: string;
  readonly processors: ComponentChain;
  readonly pipeline: readonly [string, ServicePipeline];
}

/** Batches that a queue must hold. A queue accepts only whole batches, so one is not enough. */
const batchesInQueue = 4;

/** Part of a batch of metrics that must be filled before it is sent. A request that fits the rest is not split. */
const endsAt = 0.75;

/**
 * Returns the shared batches of one signal, made from the data of the connector `from`. `queueBytes` is the smallest
 * queue of the pipelines that share them.
 */
export function sharedBatches(signal: Signal, from: string, queueBytes: number): SharedBatches {
  const source = signalComponent("forward", "unchanged", signal);
  const id = signalComponent("batch", "unchanged", signal);
  const items = batchItems(signal, queueBytes / batchesInQueue);
  const config = {
    timeout: flushInterval,
    // When a metric is split, its second part loses the metric's metadata. Batches end early, so that splits are rare.
    send_batch_size: signal === "metrics" ? Math.ceil(items * endsAt) : items,
    send_batch_max_size: items,
  };
  return {
    source,
    processors: [{ id, config }],
    pipeline: [`${signal}/unchanged`, { receivers: [from], processors: [id], exporters: [source] }],
  };
}
