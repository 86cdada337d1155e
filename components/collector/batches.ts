import { pipelineComponent, signalComponent } from "./ids";
import type { ComponentChain, ServicePipeline } from "./config";
import type { PipelineModel, PipelineSignal } from "./model";

/**
 * How pipelines of one signal are kept apart. The fan-out gives an error of any branch back to the sender, who would
 * send all of it again: a full queue of one pipeline would make duplicates in the others, and losses when the sender
 * gives up. A batch processor takes the data at once and keeps the exporter's error to itself, where it is counted as
 * `enqueue_failed`. A pipeline without others of its signal needs none, and lets its sender know that it is full.
 */

/** Whether no other pipeline takes the same signal. */
export function isAlone({ signal }: PipelineModel, served: readonly PipelineModel[]): boolean {
  return served.filter((other) => other.signal === signal).length === 1;
}

/** Lets one pipeline fail for itself. It does not batch: that is done behind the queue. */
export function isolation(pipeline: PipelineModel, served: readonly PipelineModel[]): ComponentChain {
  return isAlone(pipeline, served)
    ? []
    : [{ id: pipelineComponent("batch", "isolation", pipeline), config: { timeout: "0s" } }];
}

/**
 * Data that several pipelines take as it is. Its batches are made once, in front of all their queues, so that every
 * queue holds the same data: an exporter that batches changes its data, and would get a copy of its own. With three
 * pipelines that saves a quarter of the CPU (docs/gateway.md), and memory when backends are down.
 */
export interface SharedBatches {
  /** Connector that hands the batches on. */
  readonly source: string;
  readonly processors: ComponentChain;
  readonly pipeline: readonly [string, ServicePipeline];
}

/** Batches of a signal's data, of at most so many items, or of what comes within a second. */
export function sharedBatches(signal: PipelineSignal, from: string, items: number): SharedBatches {
  const source = signalComponent("forward", "unchanged", signal);
  const batch = signalComponent("batch", "unchanged", signal);
  return {
    source,
    processors: [{ id: batch, config: { timeout: flushInterval, send_batch_size: items, send_batch_max_size: items } }],
    pipeline: [`${signal}/unchanged`, { receivers: [from], processors: [batch], exporters: [source] }],
  };
}

/** How long data waits at most for its batch to fill. */
export const flushInterval = "1s";
