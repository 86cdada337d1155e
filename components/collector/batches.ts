import type { ComponentChain, ServicePipeline } from "./config";
import { pipelineComponent, signalComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";

/** How data is put together for its way to backends, so that no pipeline's trouble is another's. */

/** Bytes that gRPC servers take in one request if nobody tells them otherwise: backends, and the gateway itself. */
export const grpcRequestBytes = 4 * 1024 * 1024;
/**
 * Bytes of a large item: a histogram with many buckets, a span with a statement and events, a log record with a stack
 * trace. Requests to backends have as many items as there can be of these. To count bytes instead, the collector would
 * measure all of a batch anew with each request that is added to it.
 */
const largeItemBytes = { metrics: 2048, traces: 4096, logs: 4096 } as const;
/** How long data waits at most for its batch to fill. */
const flushInterval = "1s";

/**
 * Items in one request to a backend: 2048 points, 1024 spans or records; large enough that compression and round trips
 * pay off. Fewer where a queue is so small that as many large ones would not go into it.
 */
export function batchItems(signal: Signal, queueBytes: number): number {
  return Math.max(1, Math.floor(Math.min(grpcRequestBytes, queueBytes) / largeItemBytes[signal]));
}

/**
 * Batches behind a queue, of one pipeline's data. What waits for its batch to fill stays in the queue, which must hold
 * more than that, or data would wait for the next flush before a full queue.
 */
export function batchesBehindQueue(signal: Signal, queueBytes: number): unknown {
  const items = batchItems(signal, queueBytes);
  return { sizer: "items", min_size: items, max_size: items, flush_timeout: flushInterval };
}

/**
 * A pipeline that can fail alone. The fan-out gives an error of any branch back to the sender, who would send all of it
 * again: a full queue of one pipeline would make duplicates in the others, and losses when the sender gives up. This
 * takes the data at once and keeps the exporter's error to itself, where it is counted as `enqueue_failed`. It does not
 * batch: that is done behind the queue. A pipeline without others of its signal lets its sender know that it is full.
 */
export function isolation(pipeline: PipelineModel, served: readonly PipelineModel[]): ComponentChain {
  const isAlone = served.filter(({ signal }) => signal === pipeline.signal).length === 1;
  return isAlone ? [] : [{ id: pipelineComponent("batch", "isolation", pipeline), config: { timeout: "0s" } }];
}

/**
 * Data that several pipelines take as it is. Its batches are made once, in front of all their queues, so that every
 * queue holds the same data: an exporter that batches changes its data, and would get a copy of its own. Without
 * compression, three such pipelines do a third more than a bare collector with three exporters (docs/gateway.md). They
 * are kept apart as by `isolation`.
 */
export interface SharedBatches {
  /** Connector that hands the batches on. */
  readonly source: string;
  readonly processors: ComponentChain;
  readonly pipeline: readonly [string, ServicePipeline];
}

/** A queue takes a batch as a whole or not at all, so it must hold some of them. */
const batchesInQueue = 4;

/** Part of a batch of metrics from which on it is full enough: requests of up to the rest are not split then. */
const endsAt = 0.75;

/** Batches of what a connector hands on of a signal. */
export function sharedBatches(signal: Signal, from: string, queueBytes: number): SharedBatches {
  const source = signalComponent("forward", "unchanged", signal);
  const id = signalComponent("batch", "unchanged", signal);
  const items = batchItems(signal, queueBytes / batchesInQueue);
  const config = {
    timeout: flushInterval,
    // The part of a metric that is split off goes without the metric's metadata, so few of them are: a batch ends early.
    send_batch_size: signal === "metrics" ? Math.ceil(items * endsAt) : items,
    send_batch_max_size: items,
  };
  return {
    source,
    processors: [{ id, config }],
    pipeline: [`${signal}/unchanged`, { receivers: [from], processors: [id], exporters: [source] }],
  };
}
