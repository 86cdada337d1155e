import { isolation } from "./batches";
import { canaryComponents } from "./canary-route";
import {
  commonService,
  components,
  memoryLimiter,
  merge,
  type CollectorConfig,
  type ComponentChain,
  type Components,
  type ServicePipeline,
} from "./config";
import { exporterComponents, storedExporterComponents, type DiskQueue, type ExporterComponents } from "./exporter";
import type { PipelineModel } from "./model";

/** The part before the pipelines' branches, in which data is received or pulled. Gateway and agent differ only here. */
export interface Intake {
  readonly receivers: Components;
  readonly connectors: Components;
  readonly extensions: Components;
  readonly processors: ComponentChain;
  /** By their ids. */
  readonly pipelines: readonly (readonly [string, ServicePipeline])[];
}

/** The components of one pipeline, from the connector that passes data to it to its exporter. */
export interface Branch {
  readonly pipeline: PipelineModel;
  readonly source: string;
  readonly chain: ComponentChain;
  readonly exporter: ExporterComponents;
}

interface BranchOptions {
  /** The connector that passes data to the pipeline. */
  readonly source: string;
  /** All pipelines of the collector. */
  readonly served: readonly PipelineModel[];
  /** Processors that only this pipeline runs. */
  readonly processors: ComponentChain;
  /** Bytes of the queue, unless the pipeline sets its own size. */
  readonly queueBytes: number;
}

/** Returns the branch of a pipeline that changes or filters its data, so it makes its own batches. */
export function branch(pipeline: PipelineModel, { source, served, processors, queueBytes }: BranchOptions): Branch {
  return {
    pipeline,
    source,
    chain: [...processors, ...isolation(pipeline, served)],
    exporter: exporterComponents(pipeline, queueBytes, { inBatches: true }),
  };
}

/** Returns the branch of a pipeline that receives shared batches and sends them unchanged. */
export function sharingBranch(pipeline: PipelineModel, source: string, queueBytes: number): Branch {
  return { pipeline, source, chain: [], exporter: exporterComponents(pipeline, queueBytes, { inBatches: false }) };
}

/**
 * Returns the branch of a pipeline whose queue is on disk. It has no processor that isolates it: such a processor would hold
 * data in memory that its receiver takes for delivered.
 */
export function storedBranch(pipeline: PipelineModel, source: string, chain: ComponentChain, queue: DiskQueue): Branch {
  return { pipeline, source, chain, exporter: storedExporterComponents(pipeline, queue) };
}

/** Assembles a whole configuration, including the parts that all our collectors share. */
export function assemble(intake: Intake, branches: readonly Branch[], logLevel: string): CollectorConfig {
  const canaries = canaryComponents(branches);
  const common = commonService(logLevel, !branches.some(({ pipeline }) => hasSecretServer(pipeline)));
  const extensions = merge([
    common.extensions,
    intake.extensions,
    ...branches.map(({ exporter }) => exporter.extensions),
  ]);
  return {
    receivers: { ...intake.receivers, ...canaries.receivers },
    processors: {
      memory_limiter: memoryLimiter,
      ...components([...intake.processors, ...branches.flatMap(({ chain }) => chain), ...canaries.processors]),
    },
    connectors: intake.connectors,
    exporters: merge(branches.map(({ exporter }) => exporter.exporters)),
    extensions,
    service: {
      extensions: Object.keys(extensions).sort(),
      telemetry: common.telemetry,
      pipelines: Object.fromEntries<ServicePipeline>([
        ...intake.pipelines,
        ...branches.map(({ pipeline, source, chain, exporter }): [string, ServicePipeline] => [
          `${pipeline.signal}/pipeline-${pipeline.name}`,
          { receivers: [source], processors: chain.map(({ id }) => id), exporters: [exporter.id] },
        ]),
        ...canaries.pipelines,
      ]),
    },
  };
}

/** Returns whether a pipeline sends over HTTP to an address that is in a Secret, so that metrics must not have it. */
function hasSecretServer({ exporter }: PipelineModel): boolean {
  return exporter.protocol === "http" && "file" in exporter.endpoint;
}
