import type { MonitorProblem, MonitorTarget } from "../inputs";
import type { InputEvidence, ScrapedTarget } from "./input-evidence";
import type { Missed } from "./input-words";
import type { MonitoredPod } from "./read-monitored";

/** The monitors that a pipeline wants: their jobs, and their parts that are not applied as they ask. */
export interface WantedMonitors {
  readonly targets: readonly MonitorTarget[];
  readonly problems: readonly MonitorProblem[];
}

export const noMonitors: WantedMonitors = { targets: [], problems: [] };

/** The targets of the monitors that a pipeline wants, as far as a check sees them. */
export interface MonitoredTargets {
  readonly own: readonly ScrapedTarget[];
  readonly missed: readonly Missed[];
  /** Targets that another input scrapes because of an annotation, each with its monitor, in words. */
  readonly twice: readonly string[];
}

/** Selects the targets of an input that belong to these jobs of monitors, and the monitors without any. */
export function monitoredTargets(
  input: string,
  monitors: readonly MonitorTarget[],
  { targets, monitored = [], nodes }: InputEvidence,
): MonitoredTargets {
  const byJob = new Map(monitors.map((one) => [one.job, one]));
  const own = targets.filter((target) => target.input === input && byJob.has(target.job ?? ""));
  const scraped = new Set(own.map(({ job, namespace, pod }) => `${job} ${namespace}/${pod}`));
  const jobs = new Set(own.map(({ job }) => job));
  const agents = { nodes, isDiscovered: own.length > 0 };
  const missed = monitored.flatMap((one): Missed[] => {
    const object = byJob.get(one.job);
    if (object === undefined || ("why" in one && jobs.has(one.job))) return [];
    const isTarget = ({ namespace, name }: MonitoredPod): boolean => scraped.has(`${one.job} ${namespace}/${name}`);
    const why = "why" in one ? one.why : withoutTargets(object, one.pods, isTarget, agents);
    return why === undefined ? [] : [{ object, why: endpointOf(one.job, monitors, object, why) }];
  });
  const annotated = new Map(targets.filter((one) => one.input !== input).map((one) => [one.url, one]));
  const twice = own.flatMap(({ url, job = "" }) => {
    const [object, other] = [byJob.get(job), annotated.get(url)];
    if (object === undefined || other === undefined) return [];
    return [
      `${url} (${object.kind} ${object.namespace}/${object.name}, and the annotation of ${other.namespace}/${other.pod})`,
    ];
  });
  return { own, missed, twice: [...new Set(twice)].sort() };
}

interface Agents {
  /** Nodes whose agents were read. */
  readonly nodes: readonly string[];
  /** Whether any of them has targets of monitors. New agents discover all jobs together. */
  readonly isDiscovered: boolean;
}

/** Why the agents have no target of pods that run; undefined if they have all, or while that cannot be known. */
function withoutTargets(
  { kind, mayDrop }: MonitorTarget,
  pods: readonly MonitoredPod[],
  isTarget: (pod: MonitoredPod) => boolean,
  { nodes, isDiscovered }: Agents,
): string | undefined {
  const isAny = pods.some(isTarget);
  const onNodes = pods.flatMap(({ node }) => node ?? []);
  const [first] = onNodes;
  if (!isAny && first !== undefined && !onNodes.some((node) => nodes.includes(node)))
    return `no ready agent runs on node ${first}`;
  const missing = pods.filter((pod) => !pod.isNew && nodes.includes(pod.node ?? "") && !isTarget(pod));
  const [example] = missing;
  if (example === undefined || !isDiscovered || (isAny && mayDrop)) return undefined;
  const which = isAny
    ? `${missing.length} of its ${pods.length} pods, such as ${example.namespace}/${example.name}`
    : pods.length === 1
      ? "its pod is no target"
      : `none of its ${pods.length} pods is a target`;
  const causes = [
    ...(mayDrop ? ["its relabelings"] : []),
    ...(kind === "ServiceMonitor" ? ["the targetPort of its Services"] : []),
    "the agent's log",
  ];
  return `${which}: check ${causes.slice(0, 2).join(", and ")}`;
}

/** Names the endpoint where a monitor has several. */
function endpointOf(job: string, monitors: readonly MonitorTarget[], object: MonitorTarget, why: string): string {
  const isSame = (one: MonitorTarget): boolean =>
    one.kind === object.kind && one.namespace === object.namespace && one.name === object.name;
  return monitors.filter(isSame).length > 1 ? `endpoint ${job.split("/").at(-1)}: ${why}` : why;
}
