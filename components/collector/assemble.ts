import { canaryComponents } from "./canary";
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
import { isAlone, isolation } from "./isolation";
import type { PipelineModel } from "./model";
import { pipelineProcessors } from "./pipeline";

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
  /** Connector that hands batches to all pipelines that take a signal as it is, if there is one. */
  readonly shared?: string;
  /** All pipelines of the collector. */
  readonly served: readonly PipelineModel[];
  /** What is done before anything that the user has written. */
  readonly before?: ComponentChain;
  /** How long a cumulative series that got no point is remembered. */
  readonly staleness: string;
  readonly queueBytes: number;
}

export function branch(pipeline: PipelineModel, options: BranchOptions): Branch {
  const { source, shared, served, before = [], staleness, queueBytes } = options;
  const own = [...before, ...pipelineProcessors(pipeline, staleness)];
  if (shared !== undefined && own.length === 0 && !isAlone(pipeline, served)) {
    const exporter = exporterComponents(pipeline, queueBytes, { inBatches: false });
    return { pipeline, source: shared, chain: [], exporter };
  }
  return {
    pipeline,
    source,
    chain: [...own, ...isolation(pipeline, served)],
    exporter: exporterComponents(pipeline, queueBytes, { inBatches: true }),
  };
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
