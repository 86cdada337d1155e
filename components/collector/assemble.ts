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
import { exporterComponents, type ExporterComponents } from "./exporter";
import type { PipelineModel } from "./model";

/** How data gets to the point where the pipelines take it: the part in which gateway and agent differ. */
export interface Intake {
  readonly receivers: Components;
  readonly connectors: Components;
  readonly extensions: Components;
  readonly processors: ComponentChain;
  /** By their ids. */
  readonly pipelines: readonly (readonly [string, ServicePipeline])[];
}

/** What one pipeline does, from the connector that hands it its data to its backend. */
export interface Branch {
  readonly pipeline: PipelineModel;
  readonly source: string;
  readonly chain: ComponentChain;
  readonly exporter: ExporterComponents;
}

interface BranchOptions {
  /** Connector that hands it its data. */
  readonly source: string;
  /** All pipelines of the collector. */
  readonly served: readonly PipelineModel[];
  /** What only this pipeline does with its data. */
  readonly processors: ComponentChain;
  readonly queueBytes: number;
}

/** A pipeline with data of its own, of which it makes batches for itself. */
export function branch(pipeline: PipelineModel, { source, served, processors, queueBytes }: BranchOptions): Branch {
  return {
    pipeline,
    source,
    chain: [...processors, ...isolation(pipeline, served)],
    exporter: exporterComponents(pipeline, queueBytes, { inBatches: true }),
  };
}

/** A pipeline that gets batches and sends them as they are. */
export function sharingBranch(pipeline: PipelineModel, source: string, queueBytes: number): Branch {
  return { pipeline, source, chain: [], exporter: exporterComponents(pipeline, queueBytes, { inBatches: false }) };
}

/** A whole configuration, with what every collector of ours has. */
export function assemble(intake: Intake, branches: readonly Branch[], logLevel: string): CollectorConfig {
  const canaries = canaryComponents(branches);
  const common = commonService(logLevel);
  const extensions = merge([
    common.extensions,
    intake.extensions,
    ...branches.map(({ exporter }) => exporter.extensions),
  ]);
  return {
    receivers: { ...intake.receivers, ...canaries.receivers },
    processors: {
      memory_limiter: memoryLimiter,
      ...components([...intake.processors, ...branches.flatMap(({ chain }) => chain)]),
    },
    connectors: { ...intake.connectors, ...canaries.connectors },
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
        ...Object.entries(canaries.pipelines),
      ]),
    },
  };
}
