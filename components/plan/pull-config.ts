import {
  assemble,
  branch,
  leastStaleness,
  merge,
  pipelineComponent,
  pipelineProcessors,
  signalComponent,
  transform,
  type CollectorConfig,
  type ComponentChain,
  type LogLevel,
  type PipelineModel,
  type ServicePipeline,
} from "../collector";
import { idPart, selectionOf, type Collection, type InputDefinition, type Surroundings } from "../inputs";
import type { PlannedPipeline } from "./models";

/** An input that some pipeline wants, and the components that collect it. */
export interface RunningInput {
  readonly input: InputDefinition;
  /** The input's part of component ids. */
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
    return [{ input, id: idPart(input.setting.key), collection: input.collect(wanted, around(input)) }];
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
 * inputs, then for each pipeline the filters of the inputs, its own processors and its exporter.
 */
export function pullConfig({ running, served, ...model }: PullModel, enrich: ComponentChain): CollectorConfig {
  const enriched = enrichedInputs(running, enrich);
  const selections = served.flatMap((pipeline) =>
    running.flatMap((one) => {
      const selection = selectionOf(one.input, pipeline.pull);
      const chain = selection === undefined ? undefined : one.collection.select({ pipeline, selection });
      return chain ? [{ pipeline, one, chain }] : [];
    }),
  );
  const staleness = Math.max(leastStaleness, 4 * model.longestInterval);
  const branches = served.map((pipeline) =>
    branch(pipeline, {
      source: merged(pipeline),
      served,
      processors: pipelineProcessors(pipeline, staleness),
      queueBytes: model.queueBytes,
    }),
  );
  const intake = {
    receivers: merge(running.map(({ collection }) => collection.receivers)),
    connectors: { ...enriched.connectors, ...Object.fromEntries(served.map((pipeline) => [merged(pipeline), {}])) },
    extensions: merge(running.map(({ collection }) => collection.extensions)),
    processors: [...enriched.processors, ...selections.flatMap(({ chain }) => chain)],
    pipelines: [
      ...enriched.pipelines,
      ...selections.map(({ pipeline, one, chain }): [string, ServicePipeline] => [
        `metrics/select-${one.id}-${pipeline.name}`,
        { receivers: [fanOut(one)], processors: chain.map(({ id }) => id), exporters: [merged(pipeline)] },
      ]),
    ],
  };
  return assemble(intake, branches, model.logLevel);
}

interface EnrichedInputs {
  readonly pipelines: readonly [string, ServicePipeline][];
  readonly connectors: Readonly<Record<string, unknown>>;
  readonly processors: ComponentChain;
}

/**
 * Adds metadata to all inputs with one processor, because each instance would watch the node's pods itself. The data of
 * each input gets a mark before the inputs are merged. A router behind the processor separates them again by the mark,
 * which is then removed.
 */
function enrichedInputs(running: readonly RunningInput[], enrich: ComponentChain): EnrichedInputs {
  const ids = (chain: ComponentChain): string[] => chain.map(({ id }) => id);
  const [first, ...others] = running;
  if (first && others.length === 0) {
    const chain = [...first.collection.processors, ...enrich, ...(first.collection.enriched ?? [])];
    return {
      pipelines: [
        [
          `metrics/input-${first.id}`,
          {
            receivers: Object.keys(first.collection.receivers),
            processors: ["memory_limiter", ...ids(chain)],
            exporters: [fanOut(first)],
          },
        ],
      ],
      connectors: { [fanOut(first)]: {} },
      processors: chain,
    };
  }
  const together = signalComponent("forward", "enrichment", "metrics");
  const apart = signalComponent("routing", "inputs", "metrics");
  const unmark = { id: signalComponent("transform", "unmark", "metrics"), config: statements(`delete_key(${mark})`) };
  const marks = running.map(({ id: name }) => ({
    id: markId(name),
    config: statements(`set(${attribute}, "${name}")`),
  }));
  return {
    pipelines: [
      ...running.map(({ id, collection }): [string, ServicePipeline] => [
        `metrics/input-${id}`,
        {
          receivers: Object.keys(collection.receivers),
          processors: ["memory_limiter", ...ids(collection.processors), markId(id)],
          exporters: [together],
        },
      ]),
      ["metrics/enrichment", { receivers: [together], processors: ids(enrich), exporters: [apart] }],
      ...running.map((one): [string, ServicePipeline] => [
        `metrics/enriched-${one.id}`,
        {
          receivers: [apart],
          processors: [unmark.id, ...ids(one.collection.enriched ?? [])],
          exporters: [fanOut(one)],
        },
      ]),
    ],
    connectors: {
      [together]: {},
      [apart]: {
        table: running.map(({ id: name }) => ({
          context: "resource",
          condition: `${attributeInRoute} == "${name}"`,
          pipelines: [`metrics/enriched-${name}`],
        })),
      },
      ...Object.fromEntries(running.map((one) => [fanOut(one), {}])),
    },
    processors: [
      ...running.flatMap(({ collection }) => collection.processors),
      ...marks,
      ...enrich,
      unmark,
      ...running.flatMap(({ collection }) => collection.enriched ?? []),
    ],
  };
}

const key = "telemetry-pipelines.input";
const attribute = `resource.attributes["${key}"]`;
const attributeInRoute = `attributes["${key}"]`;
const mark = `resource.attributes, "${key}"`;
const markId = (input: string): string => signalComponent("transform", `mark-${input}`, "metrics");
const statements = (statement: string): unknown => transform("metrics", [{ statements: [statement] }]);

/** Returns the id of the connector that passes all data of an input to the pipelines. */
const fanOut = ({ id }: RunningInput): string => signalComponent("forward", `input-${id}`, "metrics");
/** Returns the id of the connector that merges the data of a pipeline's inputs. */
const merged = (pipeline: PipelineModel): string => pipelineComponent("forward", "pipeline", pipeline);
