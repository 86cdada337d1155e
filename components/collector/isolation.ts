import type { ComponentChain } from "./config";
import { pipelineComponent } from "./ids";
import type { PipelineModel } from "./model";

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
