import { mostObjectBytes, signalNames, signals } from "../contract";
import { error, type Finding } from "../schema";
import { excessiveAliases, renderYaml, type PipelineModel } from "../collector";
import type { MonitorJob } from "../inputs";
import type { PlannedPipeline } from "../plan";

/**
 * Reports configurations that exceed the size limit of a ConfigMap, or have more aliases of equal parts than the collector
 * reads. The finding names the largest part: the monitors, or the pipeline with the longest transforms and filters, or all
 * pipelines if none of these is too long.
 */
export function sizeFindings(
  configurations: readonly string[],
  pipelines: readonly PlannedPipeline[],
  monitorJobs: readonly MonitorJob[] = [],
): Finding[] {
  const largest = Math.max(0, ...configurations.map((text) => Buffer.byteLength(text)));
  const [longest] = [...pipelines].sort((a, b) => lengthOf(b) - lengthOf(a));
  const excess = largest - mostObjectBytes;
  if (longest === undefined) return [];
  if (excess <= 0) return repetitionFindings(configurations, pipelines, monitorJobs);
  const limit = `of ${largest} bytes, and a ConfigMap holds ${mostObjectBytes}`;
  const written = pipelines.reduce((sum, one) => sum + lengthOf(one), 0);
  if (monitorJobs.length > 0 && bytesOf(monitorJobs) > written) return [tooManyMonitors(pipelines, monitorJobs, limit)];
  if (written < excess) {
    const problem = `is the longest list of pipelines in a collector configuration ${limit}`;
    return [error(largestList(pipelines), problem, "Serve some of the pipelines by another stack")];
  }
  const others = lengthOf(longest) < excess ? ", and those of other pipelines" : "";
  const problem = `has the longest transforms and filters in a collector configuration ${limit}`;
  return [error(longest.path, problem, `Shorten them${others}`)];
}

/**
 * Reports configurations that fit into a ConfigMap only because their equal parts are aliases, of which the collector
 * follows so many. Few of these parts would fit as text, so other aliases would not help.
 */
function repetitionFindings(
  configurations: readonly string[],
  pipelines: readonly PlannedPipeline[],
  monitorJobs: readonly MonitorJob[],
): Finding[] {
  const repeated = Math.max(0, ...configurations.map((text) => excessiveAliases(text) ?? 0));
  if (repeated === 0) return [];
  const limit = `whose equal parts stand for ${repeated} values, more than the collector reads`;
  if (monitorJobs.length > 0) return [tooManyMonitors(pipelines, monitorJobs, limit)];
  const problem = `is the longest list of pipelines in a collector configuration ${limit}`;
  return [error(largestList(pipelines), problem, "Serve some of the pipelines by another stack")];
}

const bytesOf = (jobs: readonly MonitorJob[]): number =>
  Buffer.byteLength(renderYaml(jobs.map(({ config }) => config)));

/** Namespaces that a finding names, those whose written-out endpoints take the most bytes first. */
const mostNamespaces = 3;

function tooManyMonitors(pipelines: readonly PlannedPipeline[], jobs: readonly MonitorJob[], limit: string): Finding {
  const teams = new Map<string, { readonly count: number; readonly bytes: number }>();
  for (const { target, config } of jobs) {
    const { count, bytes } = teams.get(target.namespace) ?? { count: 0, bytes: 0 };
    teams.set(target.namespace, { count: count + 1, bytes: bytes + Buffer.byteLength(JSON.stringify(config)) });
  }
  const most = [...teams]
    .sort(([a, one], [b, other]) => other.bytes - one.bytes || (a < b ? -1 : 1))
    .slice(0, mostNamespaces)
    .map(([namespace, { count, bytes }]) => `${namespace} (${count}, ${Math.ceil(bytes / 1024)} KiB)`);
  const path = pipelines.find(({ pull }) => pull.prometheusOperator !== undefined)?.path ?? "metricPipelines";
  return error(
    `${path}.input.prometheusOperator`,
    `selects monitors with ${jobs.length} endpoints, the largest in ${most.join(", ")}, in a collector configuration ${limit}`,
    "Select fewer monitors, by namespaces or labelSelector, or serve some of them by another stack",
  );
}

/** Length of the transforms and filters; 0 without any. */
const lengthOf = ({ transform, filter }: PipelineModel): number =>
  [...transform, ...filter].reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);

/** Returns the list that has the most pipelines, as users write it. */
function largestList(pipelines: readonly PipelineModel[]): string {
  const count = (signal: string): number => pipelines.filter((one) => one.signal === signal).length;
  const [most] = [...signalNames].sort((a, b) => count(b) - count(a));
  return signals[most ?? "metrics"].pipelines;
}
