import { assemble, branch } from "../collector/assemble";
import { merge, type CollectorConfig, type ComponentChain, type ServicePipeline } from "../collector/config";
import { transform } from "../collector/enrichment";
import { pipelineComponent, signalComponent } from "../collector/ids";
import type { Input } from "../inputs/define-input";
import type { AgentModel, PipelineModel } from "../collector/model";
import { leastStaleness, pipelineProcessors } from "../collector/processors";

/** The pipelines that take something of one of the inputs, in the order in which they are rendered. */
export function pullPipelines(pipelines: readonly PipelineModel[], inputs: readonly Input[]): PipelineModel[] {
  return pipelines
    .filter((pipeline) => inputs.some(({ select }) => select(pipeline) !== undefined))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The configuration of a collector that pulls: each input's own processors, Kubernetes metadata once for all of them,
 * then for each pipeline what it wants of each input, its own processors and its exporter.
 */
export function pullConfig(inputs: readonly Input[], enrich: ComponentChain, model: AgentModel): CollectorConfig {
  const served = pullPipelines(model.pipelines, inputs);
  const enriched = enrichedInputs(inputs, enrich);
  const selections = served.flatMap((pipeline) =>
    inputs.flatMap((input) => {
      const chain = input.select(pipeline);
      return chain ? [{ pipeline, input, chain }] : [];
    }),
  );
  const staleness = Math.max(leastStaleness, 4 * Math.max(...Object.values(model.collection.intervals)));
  const branches = served.map((pipeline) =>
    branch(pipeline, {
      source: merged(pipeline),
      served,
      processors: pipelineProcessors(pipeline, staleness),
      queueBytes: model.queueBytes,
    }),
  );
  const intake = {
    receivers: merge(inputs.map((input) => input.receivers)),
    connectors: { ...enriched.connectors, ...Object.fromEntries(served.map((pipeline) => [merged(pipeline), {}])) },
    extensions: merge(inputs.map((input) => input.extensions)),
    processors: [...enriched.processors, ...selections.flatMap(({ chain }) => chain)],
    pipelines: [
      ...enriched.pipelines,
      ...selections.map(({ pipeline, input, chain }): [string, ServicePipeline] => [
        `metrics/select-${input.name}-${pipeline.name}`,
        { receivers: [fanOut(input)], processors: chain.map(({ id }) => id), exporters: [merged(pipeline)] },
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
 * One processor adds metadata for all inputs, because each instance of it would watch the node's pods for itself. So
 * the inputs come together before it, marked, and go apart behind it. The mark is gone then.
 */
function enrichedInputs(inputs: readonly Input[], enrich: ComponentChain): EnrichedInputs {
  const ids = (chain: ComponentChain): string[] => chain.map(({ id }) => id);
  const [first, ...others] = inputs;
  if (first && others.length === 0) {
    const chain = [...first.processors, ...enrich, ...(first.enriched ?? [])];
    return {
      pipelines: [
        [
          `metrics/input-${first.name}`,
          {
            receivers: Object.keys(first.receivers),
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
  const marks = inputs.map(({ name }) => ({
    id: signalComponent("transform", `mark-${name}`, "metrics"),
    config: statements(`set(${attribute}, "${name}")`),
  }));
  return {
    pipelines: [
      ...inputs.map((input): [string, ServicePipeline] => [
        `metrics/input-${input.name}`,
        {
          receivers: Object.keys(input.receivers),
          processors: [
            "memory_limiter",
            ...ids(input.processors),
            signalComponent("transform", `mark-${input.name}`, "metrics"),
          ],
          exporters: [together],
        },
      ]),
      ["metrics/enrichment", { receivers: [together], processors: ids(enrich), exporters: [apart] }],
      ...inputs.map((input): [string, ServicePipeline] => [
        `metrics/enriched-${input.name}`,
        { receivers: [apart], processors: [unmark.id, ...ids(input.enriched ?? [])], exporters: [fanOut(input)] },
      ]),
    ],
    connectors: {
      [together]: {},
      [apart]: {
        table: inputs.map(({ name }) => ({
          context: "resource",
          condition: `${attributeInRoute} == "${name}"`,
          pipelines: [`metrics/enriched-${name}`],
        })),
      },
      ...Object.fromEntries(inputs.map((input) => [fanOut(input), {}])),
    },
    processors: [
      ...inputs.flatMap((input) => input.processors),
      ...marks,
      ...enrich,
      unmark,
      ...inputs.flatMap((input) => input.enriched ?? []),
    ],
  };
}

const key = "telemetry-pipelines.input";
const attribute = `resource.attributes["${key}"]`;
const attributeInRoute = `attributes["${key}"]`;
const mark = `resource.attributes, "${key}"`;
const statements = (statement: string): unknown => transform("metrics", [{ statements: [statement] }]);

/** Where all data of an input goes on to the pipelines. */
const fanOut = ({ name }: Input): string => signalComponent("forward", `input-${name}`, "metrics");
/** Where what a pipeline wants of all inputs comes together. */
const merged = (pipeline: PipelineModel): string => pipelineComponent("forward", "pipeline", pipeline);
