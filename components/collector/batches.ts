import type { ComponentChain, ServicePipeline } from "./config";
import { pipelineComponent, signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";

/** Batching in front of and behind the queues, so that a failing backend affects only its own pipeline. */

/** Largest request in bytes that gRPC servers accept by default: backends, and the gateway itself. */
export const grpcRequestBytes = 4 * 1024 * 1024;
/** Longest time that data waits for its batch to fill. */
const flushInterval = "1s";

/** Returns the bytes of a pipeline's queue: its own size, or the collector's even share. */
export function queueOf({ exporter }: Pick<PipelineModel, "exporter">, evenShare: number): number {
  return exporter.queueBytes ?? evenShare;
}

/** Batches that a queue must hold: while one fills, others are on their way. */
const batchesInQueue = 4;

/** Bytes with which a batch is full: with that many, compression and round trips pay off. */
const fullBatchBytes = 1024 * 1024;

/** Most bytes of a batch: the limit of gRPC servers, with room for a server that counts some bytes more. */
const mostBatchBytes = grpcRequestBytes - 64 * 1024;

/**
 * Returns the settings of batches that one exporter makes behind its queue. Data stays in the queue until its batch is
 * full. So the queue must hold more than one batch, or new data would find a full queue until the next flush.
 *
 * An item has 20 bytes or a million, so only a limit in bytes keeps a request below the limit of gRPC servers. A batch is
 * full long before this limit, so that few are split: a metric that is split in two loses the field `metadata` in one part.
 * The exporter drops an item that exceeds the limit, and other items with it. So the log agent limits lines
 * (`container-log-lines.ts`) and JSON (`container-log-fields.ts`) to fit.
 *
 * Before 0.160, the collector measures the whole batch again for each request that it adds. There, this costs up to 12 % of
 * the items per second of CPU, compared with a limit in items.
 */
export function batchesBehindQueue(queueBytes: number): object {
  return {
    sizer: "bytes",
    min_size: Math.min(fullBatchBytes, Math.floor(queueBytes / batchesInQueue)),
    max_size: mostBatchBytes,
    flush_timeout: flushInterval,
  };
}

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

/**
 * Bytes of a large item: a histogram with many buckets, a span with a statement and events, a log record with a stack
 * trace. The processor for batches counts items only, so a shared batch has as many as fit if all of them are this large.
 */
const largeItemBytes = { metrics: 2048, traces: 4096, logs: 4096 } as const;

/**
 * Returns the number of items in a shared batch: 2048 points, 1024 spans or 1024 records. A queue that cannot hold several
 * batches with large items gets smaller ones, because it accepts only whole batches.
 */
export function sharedBatchItems(signal: Signal, queueBytes: number): number {
  const bytes = Math.min(grpcRequestBytes, queueBytes / batchesInQueue);
  return Math.max(1, Math.floor(bytes / largeItemBytes[signal]));
}

/** Part of a batch of metrics that must be filled before it is sent. A request that fits the rest is not split. */
const endsAt = 0.75;

/**
 * Returns the shared batches of one signal, made from the data of the connector `from`. `queueBytes` is the smallest
 * queue of the pipelines that share them.
 */
export function sharedBatches(signal: Signal, from: string, queueBytes: number): SharedBatches {
  const source = signalComponent("forward", "unchanged", signal);
  const id = signalComponent("batch", "unchanged", signal);
  const items = sharedBatchItems(signal, queueBytes);
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
