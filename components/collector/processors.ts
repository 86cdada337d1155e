import type { ComponentChain } from "./config";
import { transform } from "./transform";
import { pipelineComponent } from "./ids";
import type { Signal } from "../contract";
import type { PipelineModel } from "./model";
import type { NamespaceSelection } from "../schema";
import { duration, literal, ottlString } from "./text";

const conditionsKey = { metrics: "metric_conditions", traces: "trace_conditions", logs: "log_conditions" } as const;

/** Returns the filter that drops pushed data of namespaces that the pipeline has not chosen. */
export function pushedNamespaces(pipeline: PipelineModel): ComponentChain {
  const unwanted = outside(pipeline.otlp.namespaces, pipeline.otlp.unknownNamespace);
  return unwanted === undefined
    ? []
    : [
        {
          id: pipelineComponent("filter", "namespaces", pipeline),
          config: filter(pipeline.signal, [{ conditions: [unwanted] }]),
        },
      ];
}

/**
 * Shortest time, in seconds, for which a cumulative series is remembered after its last point. It is longer than most
 * outages of senders and targets: when a forgotten series returns, its whole count may be sent as one increase. It is
 * short enough that churning series free their memory soon.
 */
export const leastStaleness = 3600;

/** Returns the processors of one pipeline in fixed order: the user's transform, the user's filter, temporality. */
export function pipelineProcessors(pipeline: PipelineModel, stalenessSeconds = leastStaleness): ComponentChain {
  return [
    ...userProcessors(pipeline),
    ...(pipeline.deltaTemporality
      ? [
          {
            id: pipelineComponent("cumulativetodelta", undefined, pipeline),
            config: { initial_value: "auto", max_staleness: duration(stalenessSeconds) },
          },
        ]
      : []),
  ];
}

function userProcessors(pipeline: PipelineModel): ComponentChain {
  const { signal } = pipeline;
  return [
    ...(pipeline.transform.length > 0
      ? [
          {
            id: pipelineComponent("transform", "user", pipeline),
            config: transform(
              signal,
              pipeline.transform.map(({ conditions, statements }) => ({
                conditions: conditions.map(literal),
                statements: statements.map(literal),
              })),
            ),
          },
        ]
      : []),
    ...(pipeline.filter.length > 0
      ? [
          {
            id: pipelineComponent("filter", "user", pipeline),
            config: filter(
              signal,
              pipeline.filter.map(({ conditions }) => ({ conditions: conditions.map(literal) })),
            ),
          },
        ]
      : []),
  ];
}

/** Returns the settings of a filter processor for one signal. */
export function filter(signal: Signal, groups: readonly { readonly conditions: readonly string[] }[]): unknown {
  return { error_mode: "ignore", [conditionsKey[signal]]: groups };
}

const namespace = `resource.attributes["k8s.namespace.name"]`;
const isUnknown = `(${namespace} == nil or ${namespace} == "")`;

/**
 * The condition that drops pulled data of namespaces that were not chosen. Data without a namespace stays: it is about
 * something that is in no namespace, such as a node.
 */
export function outsideNamespaces(selection: NamespaceSelection): string | undefined {
  return outside(selection, "accept");
}

function outside(
  { include = [], exclude = [] }: NamespaceSelection,
  unknown: PipelineModel["otlp"]["unknownNamespace"],
): string | undefined {
  const compare = (operator: string, names: readonly string[]): string[] =>
    [...names].sort().map((name) => `${namespace} ${operator} ${ottlString(literal(name))}`);
  if (include.length > 0) {
    return [...(unknown === "accept" ? [`not ${isUnknown}`] : []), ...compare("!=", include)].join(" and ");
  }
  const excluded = [...(unknown === "reject" ? [isUnknown] : []), ...compare("==", exclude)];
  return excluded.length === 0 ? undefined : excluded.join(" or ");
}
