import type { MonitorProblem, MonitorTarget } from "../inputs";
import { examples } from "./examples";
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
  /** Number of targets that monitors of `missed` should have beside `own`, as far as it is known. */
  readonly lacking: number;
  /** Targets that another input of the pipeline scrapes because of an annotation, each with its monitor, in words. */
  readonly twice: readonly string[];
}

/**
 * Selects the targets of an input that belong to these jobs of monitors, and the monitors without any.
 *
 * @param isCollected whether the pipeline itself collects a target of another input
 */
export function monitoredTargets(
  input: string,
  monitors: readonly MonitorTarget[],
  { targets, monitored = [], nodes, isPartial = false }: InputEvidence,
  isCollected: (target: ScrapedTarget) => boolean,
): MonitoredTargets {
  const byJob = new Map(monitors.map((one) => [one.job, one]));
  const own = targets.filter((target) => target.input === input && byJob.has(target.job ?? ""));
  const scraped = new Set(own.map(({ job, namespace, pod }) => `${job} ${namespace}/${pod}`));
  const jobs = new Set(own.map(({ job }) => job));
  const agents = { nodes, isPartial, isDiscovered: own.length > 0 };
  const found = monitored.flatMap((one): (Missed & Lacking)[] => {
    const object = byJob.get(one.job);
    if (object === undefined || ("why" in one && jobs.has(one.job))) return [];
    const isTarget = ({ namespace, name }: MonitoredPod): boolean => scraped.has(`${one.job} ${namespace}/${name}`);
    const fault = "why" in one ? { why: one.why, expected: 0 } : withoutTargets(object, one.pods, isTarget, agents);
    if (fault === undefined) return [];
    return [{ object, why: endpointOf(one.job, monitors, object, fault.why), expected: fault.expected }];
  });
  const missed = found.map(({ object, why }): Missed => ({ object, why }));
  const lacking = found.reduce((sum, { expected }) => sum + expected, 0);
  const annotated = new Map(
    targets.filter((one) => one.input !== input && isCollected(one)).map((one) => [one.url, one]),
  );
  const twice = own.flatMap(({ url, job = "" }) => {
    const [object, other] = [byJob.get(job), annotated.get(url)];
    if (object === undefined || other === undefined) return [];
    return [
      `${url} (${object.kind} ${object.namespace}/${object.name}, and the annotation of ${other.namespace}/${other.pod})`,
    ];
  });
  return { own, missed, lacking, twice: [...new Set(twice)].sort() };
}

interface Agents {
  /** Nodes whose agents were read. */
  readonly nodes: readonly string[];
  /** Whether ready agents did not answer, so the other nodes may have one. */
  readonly isPartial: boolean;
  /** Whether any of them has targets of monitors. New agents discover all jobs together. */
  readonly isDiscovered: boolean;
}

interface Lacking {
  /** The reason as a clause. */
  readonly why: string;
  /** Number of pods that should be targets. Pods that the monitor's rules may have dropped do not count. */
  readonly expected: number;
}

/** Returns the pods that run and are no targets, and why; undefined if there are none, or while that is not known. */
function withoutTargets(
  monitor: MonitorTarget,
  pods: readonly MonitoredPod[],
  isTarget: (pod: MonitoredPod) => boolean,
  { nodes, isPartial, isDiscovered }: Agents,
): Lacking | undefined {
  const lacking = pods.filter((pod) => !pod.isNew && !isTarget(pod));
  const away = isPartial ? [] : lacking.filter(({ node }) => node !== undefined && !nodes.includes(node));
  const missing = isDiscovered ? lacking.filter(({ node = "" }) => nodes.includes(node)) : [];
  // Rules that drop pods on nodes with an agent may drop the other pods as well.
  if (monitor.mayDrop && missing.length > 0 && pods.some(isTarget)) return undefined;
  const clauses = [
    ...(away.length > 0 ? [withoutAgent(away, pods)] : []),
    ...(missing.length > 0 ? [notDiscovered(monitor, missing, pods)] : []),
  ];
  const expected = away.length + (monitor.mayDrop ? 0 : missing.length);
  return clauses.length === 0 ? undefined : { why: clauses.join("; "), expected };
}

function withoutAgent(away: readonly MonitoredPod[], pods: readonly MonitoredPod[]): string {
  const [first = "", ...others] = [...new Set(away.flatMap(({ node }) => node ?? []))].sort();
  const which = away.length === pods.length ? "" : ` with ${someOf(away, pods)}`;
  return others.length === 0
    ? `no ready agent runs on node ${first}${which}`
    : `no ready agent runs on nodes ${examples([first, ...others])}${which}`;
}

function notDiscovered(
  { kind, mayDrop, port, namespace, namespaces }: MonitorTarget,
  missing: readonly MonitoredPod[],
  pods: readonly MonitoredPod[],
): string {
  const all = pods.length === 1 ? "its pod is not a target" : `none of its ${pods.length} pods is a target`;
  const which = missing.length === pods.length ? all : someOf(missing, pods);
  const isElsewhere = namespaces?.some((one) => one !== namespace) ?? true;
  const causes = [
    ...(kind === "PodMonitor" && port === undefined && isElsewhere ? [hostPorts] : []),
    ...(mayDrop ? ["its relabelings"] : []),
    ...(kind === "ServiceMonitor" ? ["the targetPort of its Services"] : []),
    "the agent's log",
  ];
  return `${which}: check ${causes.slice(0, 2).join(", and ")}`;
}

const hostPorts = "that pods with the network of their node declare a TCP port";

function someOf(some: readonly MonitoredPod[], pods: readonly MonitoredPod[]): string {
  const [example] = some.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  return `${some.length} of its ${pods.length} pods, such as ${example}`;
}

/** Names the endpoint where a monitor has several. */
function endpointOf(job: string, monitors: readonly MonitorTarget[], object: MonitorTarget, why: string): string {
  const isSame = (one: MonitorTarget): boolean =>
    one.kind === object.kind && one.namespace === object.namespace && one.name === object.name;
  return monitors.filter(isSame).length > 1 ? `endpoint ${job.split("/").at(-1)}: ${why}` : why;
}
