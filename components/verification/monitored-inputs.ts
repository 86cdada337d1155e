import type { MonitorProblem, MonitorTarget } from "../inputs";
import type { InputEvidence, ScrapedTarget } from "./input-evidence";
import type { Missed } from "./input-words";

/** What a pipeline gets of the monitors that it wants, and what it does not get. */
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
  { targets, missedMonitors = [] }: InputEvidence,
): MonitoredTargets {
  const byJob = new Map(monitors.map((one) => [one.job, one]));
  const own = targets.filter((target) => target.input === input && byJob.has(target.job ?? ""));
  const missed = missedMonitors.flatMap(({ job, why }): Missed[] => {
    const object = byJob.get(job);
    return object === undefined ? [] : [{ object, why: endpointOf(job, monitors, object, why) }];
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

/** Names the endpoint where a monitor has several. */
function endpointOf(job: string, monitors: readonly MonitorTarget[], object: MonitorTarget, why: string): string {
  const isSame = (one: MonitorTarget): boolean =>
    one.kind === object.kind && one.namespace === object.namespace && one.name === object.name;
  return monitors.filter(isSame).length > 1 ? `endpoint ${job.split("/").at(-1)}: ${why}` : why;
}
