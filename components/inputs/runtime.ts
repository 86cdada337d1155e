import { runtimeMetrics, type RuntimeMetric } from "./runtime-metrics";
import type { PipelineModel } from "../collector/model";
import { outsideNamespaces } from "../collector/processors";
import type { ComponentChain } from "../collector/config";
import { selection } from "./scrape";

/** The names of all metrics of a receiver that some pipeline wants. */
export function wantedMetrics(
  pipelines: readonly PipelineModel[],
  receiver: RuntimeMetric["receiver"],
): ReadonlySet<string> {
  const wanted = new Set(pipelines.flatMap(({ pull }) => pull?.runtime?.metrics ?? []));
  return new Set(ofReceiver(receiver).filter((name) => wanted.has(name)));
}

const ofReceiver = (receiver: RuntimeMetric["receiver"]): string[] =>
  runtimeMetrics.filter((metric) => metric.receiver === receiver).map(({ name }) => name);

/** Every metric of a receiver, switched on or off by its name: none depends on the receiver's own defaults. */
export function metricSwitches(receiver: RuntimeMetric["receiver"], wanted: ReadonlySet<string>): object {
  return Object.fromEntries(ofReceiver(receiver).map((name) => [name, { enabled: wanted.has(name) }]));
}

/** What a pipeline does not want of what is collected for all; nothing if it wants none of it. */
export function selectRuntime(
  input: string,
  pipeline: PipelineModel,
  collected: ReadonlySet<string>,
): ComponentChain | undefined {
  const runtime = pipeline.pull?.runtime;
  if (!runtime?.metrics.some((metric) => collected.has(metric))) return undefined;
  const outside = outsideNamespaces(runtime.namespaces);
  const unwanted = [...collected].filter((name) => !runtime.metrics.includes(name)).sort();
  return selection(input, pipeline, [
    ...(outside === undefined ? [] : [outside]),
    ...(unwanted.length === 0 ? [] : [`IsMatch(metric.name, "^(${unwanted.map(pattern).join("|")})$$")`]),
  ]);
}

const pattern = (name: string): string => name.replaceAll(".", "[.]");
