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
  const { namespaces, unknownNamespace } = pipeline.otlp;
  const unwanted = outside(namespaces, unknownNamespace === "accept" ? accepted : rejected);
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
const isPod = `resource.attributes["k8s.pod.uid"] != nil`;

/**
 * Conditions about data without a namespace. `include` drops only data that is `judged`, all by default. `exclude` also drops
 * data that is `dropped`, none by default.
 */
interface Unknown {
  readonly judged?: string;
  readonly dropped?: string;
}

const accepted: Unknown = { judged: `not ${isUnknown}` };
const rejected: Unknown = { dropped: isUnknown };
const ofNoPod: Unknown = { judged: `(not ${isUnknown} or ${isPod})`, dropped: `(${isUnknown} and ${isPod})` };

/**
 * The condition that drops pulled data of namespaces that were not chosen. Data without a namespace stays if it is about
 * something that is in no namespace, such as a node. A pod is in one, even if the look-up does not find it.
 */
export function outsideNamespaces({ include = [], exclude = [] }: NamespaceSelection): string | undefined {
  return include.length + exclude.length === 0 ? undefined : outside({ include, exclude }, ofNoPod);
}

function outside({ include = [], exclude = [] }: NamespaceSelection, { judged, dropped }: Unknown): string | undefined {
  const compare = (operator: string, names: readonly string[]): string[] =>
    [...names].sort().map((name) => `${namespace} ${operator} ${ottlString(literal(name))}`);
  if (include.length > 0) return [...(judged ? [judged] : []), ...compare("!=", include)].join(" and ");
  const excluded = [...(dropped ? [dropped] : []), ...compare("==", exclude)];
  return excluded.length === 0 ? undefined : excluded.join(" or ");
}
