import {
  assemble,
  enrichment,
  filter,
  ottlString,
  pipelineComponent,
  pipelineProcessors,
  signalComponent,
  storedBranch,
  transform,
  type CollectorConfig,
  type ComponentChain,
  type EnrichmentModel,
  type LogLevel,
  type ServicePipeline,
} from "../collector";
import { containerLogProcessors, containerLogReceivers, type ContainerLogsSelection } from "../inputs";
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
 * Returns the log agent's configuration: a receiver for each pipeline, Kubernetes metadata once, then one branch per
 * pipeline.
 *
 * A line is in the queue on disk before its position in the file is stored, so a killed log agent loses none. Nothing
 * between receiver and queue may hold data in memory. All calls go through in the goroutine of their receiver, so a full
 * queue makes only its own receiver wait, although all share the processors in between.
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
  const isAlone = served.length === 1;
  const receivers = containerLogReceivers(wanted, { startAt, storage, own, ...(!isAlone && { mark }) });
  const chain = [...containerLogProcessors, ...enrichment("logs", model)];
  const branches = served.map((pipeline) =>
    storedBranch(pipeline, fanOut, [...(isAlone ? [] : ownRecords(pipeline)), ...pipelineProcessors(pipeline)], {
      storage,
      bytes: diskQueueBytes,
    }),
  );
  const processors = ["memory_limiter", ...chain.map(({ id }) => id)];
  const intake: [string, ServicePipeline] = [
    "logs/containers",
    { receivers: Object.keys(receivers), processors, exporters: [fanOut] },
  ];
  return assemble(
    {
      receivers,
      connectors: { [fanOut]: {} },
      extensions: { [storage]: fileStorage },
      processors: chain,
      pipelines: [intake],
    },
    branches,
    logLevel,
  );
}

const fanOut = signalComponent("forward", "containers", "logs");

/** Resource attribute with the pipeline for which a record was read, only on its way through the log agent. */
const mark = "telemetry-pipelines.pipeline";

/** Returns the processors that drop what was read for other pipelines, and remove the mark. */
function ownRecords(pipeline: PlannedPipeline): ComponentChain {
  const isOther = `resource.attributes["${mark}"] != ${ottlString(pipeline.name)}`;
  return [
    { id: pipelineComponent("filter", "own", pipeline), config: filter("logs", [{ conditions: [isOther] }]) },
    {
      id: pipelineComponent("transform", "unmark", pipeline),
      config: transform("logs", [{ statements: [`delete_key(resource.attributes, "${mark}")`] }]),
    },
  ];
}

/**
 * The files of positions and queues. A file does not become smaller by itself. It is written anew once its queue has
 * drained, which copies 10 MiB at most. At the start it is not: writing a full queue anew takes up to 20 s for each GiB and
 * as much space again. After a long outage of a backend, the startup probe would kill each new log agent before it is ready.
 */
const fileStorage = {
  directory: stateFolder,
  // A file that the collector cannot read is put aside, if the error can be caught. The damage of a node's crash often ends
  // the collector instead, so docs/container-logs.md has the remedy.
  recreate: true,
  compaction: { directory: stateFolder, on_rebound: true, cleanup_on_start: true },
};
