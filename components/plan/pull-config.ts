import {
  assemble,
  branch,
  filter,
  leastStaleness,
  merge,
  pipelineComponent,
  pipelineProcessors,
  signalComponent,
  transform,
  type CollectorConfig,
  type ComponentChain,
  type LogLevel,
  type ServicePipeline,
} from "../collector";
import { idPart, selectionOf, type Collection, type InputDefinition, type Surroundings } from "../inputs";
import type { PlannedPipeline } from "./models";

/** An input that some pipeline wants, and the components that collect it or a part of it. */
export interface RunningInput {
  readonly input: InputDefinition;
  /** The input's part of component ids, with the suffix of the collection. */
  readonly id: string;
  readonly collection: Collection<unknown>;
}

/** Returns the inputs of a list from which some pipeline wants data. */
export function runningInputs(
  list: readonly InputDefinition[],
  pipelines: readonly PlannedPipeline[],
  around: (input: InputDefinition) => Surroundings<unknown>,
): RunningInput[] {
  return list.flatMap((input) => {
    const wanted = pipelines.flatMap((pipeline) => {
      const selection = selectionOf(input, pipeline.pull);
      return selection === undefined ? [] : [{ pipeline, selection }];
    });
    if (wanted.length === 0) return [];
    const id = idPart(input.setting.key);
    return [input.collect(wanted, around(input))].flat().map((collection) => ({
      input,
      id: collection.part === undefined ? id : `${id}-${collection.part}`,
      collection,
    }));
  });
}

/** Returns the pipelines that want data of one of the inputs, in the order in which they are rendered. */
export function pullPipelines(
  pipelines: readonly PlannedPipeline[],
  running: readonly RunningInput[],
): PlannedPipeline[] {
  return pipelines
    .filter(({ pull }) => running.some(({ input }) => selectionOf(input, pull) !== undefined))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The input of the configuration of a collector that pulls. */
export interface PullModel {
  readonly running: readonly RunningInput[];
  readonly served: readonly PlannedPipeline[];
  readonly logLevel: LogLevel;
  /** Bytes of each exporter's queue, unless the pipeline sets its own size. */
  readonly queueBytes: number;
  /** Longest interval between two collections of any input, in seconds. */
  readonly longestInterval: number;
}

/**
 * Returns the configuration of a collector that pulls: each input's own processors, Kubernetes metadata once for all
 * inputs, then for each pipeline the choice of its data, its own processors and its exporter.
 */
export function pullConfig({ running, served, ...model }: PullModel, enrich: ComponentChain): CollectorConfig {
  const collected = collectedData(running, [
    ...enrich,
    ...running.flatMap(({ collection }) => collection.enriched ?? []),
  ]);
  const staleness = Math.max(leastStaleness, 4 * model.longestInterval);
  const branches = served.map((pipeline) =>
    branch(pipeline, {
      source: fanOut,
      served,
      processors: [...choice(pipeline, running), ...pipelineProcessors(pipeline, staleness)],
      queueBytes: model.queueBytes,
    }),
  );
  const intake = {
    receivers: merge(running.map(({ collection }) => collection.receivers)),
    connectors: Object.fromEntries([...collected.connectors, fanOut].map((id) => [id, {}])),
    extensions: merge(running.map(({ collection }) => collection.extensions)),
    processors: collected.processors,
    pipelines: collected.pipelines,
  };
  return assemble(intake, branches, model.logLevel);
}

/** The connector that passes all data to all pipelines. */
const fanOut = signalComponent("forward", "pipelines", "metrics");
/** The connector that passes the data of all inputs to enrichment. */
const together = signalComponent("forward", "enrichment", "metrics");

interface CollectedData {
  readonly pipelines: readonly (readonly [string, ServicePipeline])[];
  readonly connectors: readonly string[];
  readonly processors: ComponentChain;
}

/**
 * Adds metadata to all inputs with one processor, because each instance would watch the node's pods itself. Before
 * several inputs are merged, the data of each gets a mark, by which `choice` finds it again.
 */
function collectedData(running: readonly RunningInput[], enrich: ComponentChain): CollectedData {
  const several = running.length > 1;
  const inputs = running.map(({ id, collection }) => ({
    id,
    receivers: Object.keys(collection.receivers),
    chain: [...collection.processors, ...(several ? [markOf(id)] : enrich)],
  }));
  const enrichment = { receivers: [together], processors: ids(enrich), exporters: [fanOut] };
  return {
    pipelines: [
      ...inputs.map(({ id, receivers, chain }): [string, ServicePipeline] => [
        `metrics/input-${id}`,
        { receivers, processors: ["memory_limiter", ...ids(chain)], exporters: [several ? together : fanOut] },
      ]),
      ...(several ? [["metrics/enrichment", enrichment] as const] : []),
    ],
    connectors: several ? [together] : [],
    processors: [...inputs.flatMap(({ chain }) => chain), ...(several ? enrich : [])],
  };
}

/**
 * Returns the processors that drop data which a pipeline does not want, and then remove the mark. The routing connector
 * would save a copy of the inputs that only other pipelines want, but it does not build with the collectors from 0.159 on.
 */
function choice(pipeline: PlannedPipeline, running: readonly RunningInput[]): ComponentChain {
  const parts = running.map(({ input, id, collection }) => {
    const selection = selectionOf(input, pipeline.pull);
    return { id, unwanted: selection === undefined ? undefined : collection.select({ pipeline, selection }) };
  });
  const several = running.length > 1;
  // Without the names of metrics, a condition is checked once for each resource, so these are a group of their own.
  const others = parts.filter(({ unwanted }) => unwanted === undefined).map(({ id }) => isOf(id));
  const unwanted = parts.flatMap(({ id, unwanted = [] }) =>
    several && unwanted.length > 0 ? [`${isOf(id)} and (${unwanted.join(" or ")})`] : unwanted,
  );
  const groups = [others, unwanted].filter((conditions) => conditions.length > 0).map((conditions) => ({ conditions }));
  return [
    ...(groups.length > 0
      ? [{ id: pipelineComponent("filter", "select", pipeline), config: filter("metrics", groups) }]
      : []),
    ...(several ? [unmark] : []),
  ];
}

const key = "telemetry-pipelines.input";
const isOf = (input: string): string => `resource.attributes["${key}"] == "${input}"`;
const statements = (statement: string): unknown => transform("metrics", [{ statements: [statement] }]);
const markOf = (input: string): ComponentChain[number] => ({
  id: signalComponent("transform", `mark-${input}`, "metrics"),
  config: statements(`set(resource.attributes["${key}"], "${input}")`),
});
const unmark = {
  id: signalComponent("transform", "unmark", "metrics"),
  config: statements(`delete_key(resource.attributes, "${key}")`),
};
const ids = (chain: ComponentChain): string[] => chain.map(({ id }) => id);
