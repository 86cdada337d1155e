import {
  assemble,
  enrichment,
  pipelineProcessors,
  signalComponent,
  storedBranch,
  type CollectorConfig,
  type EnrichmentModel,
  type LogLevel,
  type ServicePipeline,
} from "../collector";
import { collectContainerLogs, type ContainerLogsSelection } from "../inputs";
import type { PlannedPipeline } from "./models";

/** A pipeline that takes container logs. */
export type ServedLogs = PlannedPipeline & { readonly containerLogs: ContainerLogsSelection };

/** The input of the log agent's configuration. */
export interface LogModel {
  readonly served: readonly ServedLogs[];
  readonly enrichment: EnrichmentModel;
  readonly logLevel: LogLevel;
  readonly startAt: "beginning" | "end";
  /** Bytes of each exporter's queue on disk. */
  readonly diskQueueBytes: number;
  /** Workloads whose files nobody reads. */
  readonly own: readonly { readonly namespace: string; readonly name: string }[];
}

/** Folder in the pod for positions and queues. */
export const stateFolder = "/state";

const storage = "file_storage";

/**
 * Makes the receiver hand over lines before it stores their position in the file. Without it, the receiver holds lines for
 * up to 100 ms whose position is stored, and a killed collector loses them.
 */
export const logFeatureGates = ["stanza.synchronousLogEmitter"] as const;

/**
 * Returns the log agent's configuration: one receiver for all pipelines, Kubernetes metadata once, then one branch per
 * pipeline.
 *
 * A line is in the queues on disk before its position in the file is stored, so a killed log agent loses none. Nothing
 * between receiver and queue may hold data in memory or refuse it: no batch processor, no memory limiter. If there is only
 * one pipeline, a full queue makes the receiver wait. With more, it costs new lines of its own pipeline, because a
 * receiver that waits for one pipeline would stop all of them.
 */
export function logConfig({
  served,
  enrichment: model,
  own,
  startAt,
  diskQueueBytes,
  logLevel,
}: LogModel): CollectorConfig {
  const wanted = served.map((pipeline) => ({ pipeline, selection: pipeline.containerLogs }));
  const collection = collectContainerLogs(wanted, { startAt, storage, own });
  const chain = [...collection.processors, ...enrichment("logs", model)];
  const branches = wanted.map((one) =>
    storedBranch(one.pipeline, fanOut, [...collection.select(one), ...pipelineProcessors(one.pipeline)], {
      storage,
      bytes: diskQueueBytes,
      waits: served.length === 1,
    }),
  );
  const intake = {
    receivers: collection.receivers,
    connectors: { [fanOut]: {} },
    extensions: { [storage]: fileStorage },
    processors: chain,
    pipelines: [
      [
        "logs/containers",
        { receivers: Object.keys(collection.receivers), processors: chain.map(({ id }) => id), exporters: [fanOut] },
      ],
    ] satisfies [string, ServicePipeline][],
  };
  return assemble(intake, branches, logLevel);
}

const fanOut = signalComponent("forward", "containers", "logs");

/** A file of a queue does not become smaller by itself. It is written anew once the queue has drained. */
const fileStorage = {
  directory: stateFolder,
  // A file that a crash of the node has damaged is put aside. Otherwise the collector would never start again.
  recreate: true,
  compaction: {
    directory: stateFolder,
    on_start: true,
    on_rebound: true,
    cleanup_on_start: true,
  },
};
