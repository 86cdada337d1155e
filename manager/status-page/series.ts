import { pipelineId } from "../../components/contract";
import type { CollectorKind } from "../../components/contract";
import type { FlowSample, FlowTargets } from "../../components/verification";

/** The flow of one pipeline in one pod at one look. */
export interface Point {
  /** Seconds since the first look. */
  readonly at: number;
  /** Items per second that the backend accepted. Missing at the first look, before any time has passed. */
  readonly rate?: number;
  /** Items that the exporter gave up, or that the full queue refused. */
  readonly lost: number;
  /** The part of the queue that is in use, 0 to 1. Missing if the size of the queue is unknown. */
  readonly use?: number;
}

/** The flow of one pipeline in one pod, in the whole window. */
export interface PipelineFlow {
  /** `metricPipelines/backend`. */
  readonly pipeline: string;
  readonly points: readonly Point[];
  /** Items. */
  readonly sent: number;
  readonly givenUp: number;
  readonly queueRefused: number;
  /** Bytes in the queue at the end. */
  readonly queued: number;
  /** The highest use of the queue, 0 to 1. */
  readonly fullest?: number;
}

export interface PodFlow {
  readonly pod: string;
  readonly node?: string;
  readonly collector: string;
  readonly kind: CollectorKind;
  /** Seconds between the first and the last look. */
  readonly seconds: number;
  readonly flows: readonly PipelineFlow[];
}

/** The flows of each pod: pods that lost items first, then by node. */
export function podFlows(samples: readonly FlowSample[], targets: FlowTargets): PodFlow[] {
  return [...new Set(samples.map(({ pod }) => pod))]
    .map((pod) =>
      podFlow(
        samples.filter((sample) => sample.pod === pod).sort((a, b) => a.at - b.at),
        targets,
      ),
    )
    .sort((a, b) => Number(isLosing(b)) - Number(isLosing(a)) || compare(placeOf(a), placeOf(b)));
}

const isLosing = ({ flows }: PodFlow): boolean => flows.some((flow) => lostBy(flow) > 0);
/** Sorts gateways before agents. */
const placeOf = ({ node = "", kind, pod }: PodFlow): string => `${node} ${kind === "gateway" ? 0 : 1} ${pod}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Counts the items that a pipeline lost. */
export const lostBy = ({ givenUp, queueRefused }: Pick<PipelineFlow, "givenUp" | "queueRefused">): number =>
  givenUp + queueRefused;

function podFlow(samples: readonly FlowSample[], { pipelines }: FlowTargets): PodFlow {
  const last = samples.at(-1);
  const collector = last?.collector ?? "";
  return {
    pod: last?.pod ?? "",
    ...(last?.node !== undefined && { node: last.node }),
    collector,
    kind: last?.kind ?? "gateway",
    seconds: sum(samples.map(({ seconds }) => seconds)),
    flows: pipelines
      .filter(({ collectors }) => collectors.includes(collector))
      .map((target) => pipelineFlow(pipelineId(target), target.exporter, samples)),
  };
}

function pipelineFlow(pipeline: string, exporter: string, samples: readonly FlowSample[]): PipelineFlow {
  const readings = samples.flatMap(({ at, seconds, exporters }) => {
    const { sent = 0, failed = {}, queueRefused = 0, queued = 0, capacity } = exporters[exporter] ?? {};
    const givenUp = sum(Object.values(failed));
    return [{ at, seconds, sent, givenUp, queueRefused, queued, capacity }];
  });
  const points = readings.map(({ at, seconds, sent, givenUp, queueRefused, queued, capacity }) => ({
    at,
    ...(seconds > 0 && { rate: sent / seconds }),
    lost: givenUp + queueRefused,
    ...(capacity !== undefined && capacity > 0 && { use: queued / capacity }),
  }));
  const uses = points.flatMap(({ use }) => use ?? []);
  return {
    pipeline,
    points,
    sent: sum(readings.map(({ sent }) => sent)),
    givenUp: sum(readings.map(({ givenUp }) => givenUp)),
    queueRefused: sum(readings.map(({ queueRefused }) => queueRefused)),
    queued: readings.at(-1)?.queued ?? 0,
    ...(uses.length > 0 && { fullest: Math.max(...uses) }),
  };
}

/** Adds up a pipeline over all pods. */
export function total(pods: readonly PodFlow[], pipeline: string): Omit<PipelineFlow, "points"> & { pods: number } {
  const flows = pods.flatMap(({ flows }) => flows.filter((flow) => flow.pipeline === pipeline));
  const of = (key: "sent" | "givenUp" | "queueRefused" | "queued"): number => sum(flows.map((flow) => flow[key]));
  const fullest = flows.flatMap((flow) => flow.fullest ?? []);
  return {
    pipeline,
    pods: flows.length,
    sent: of("sent"),
    givenUp: of("givenUp"),
    queueRefused: of("queueRefused"),
    queued: of("queued"),
    ...(fullest.length > 0 && { fullest: Math.max(...fullest) }),
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/**
 * Chooses the pipelines that get their own lines, `most` at most: first those that lost items, then those with the fullest
 * queues, then those that sent most. Returns them in the order of the configuration.
 */
export function prominent(pods: readonly PodFlow[], pipelines: readonly string[], most: number): string[] {
  const totals = new Map(pipelines.map((pipeline) => [pipeline, total(pods, pipeline)]));
  const rank = (pipeline: string): readonly number[] => {
    const { givenUp = 0, queueRefused = 0, fullest = 0, sent = 0 } = totals.get(pipeline) ?? {};
    return [givenUp + queueRefused, fullest, sent];
  };
  const ranked = [...pipelines].sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return second.map((value, i) => value - (first[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
  const chosen = new Set(ranked.slice(0, most));
  return pipelines.filter((pipeline) => chosen.has(pipeline));
}
