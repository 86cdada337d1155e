import { parse } from "yaml";
import { renderYaml } from "../collector";
import { monitorOfJob } from "../inputs";
import type { RefusedJobs } from "../monitors";
import { error, type Finding } from "../schema";
import { complaintsIn } from "./complaints";
import { askLocally, type LocalCollector } from "./local-collector";
import { probingConfiguration } from "./probes";

/** A scrape job, as the collector reads it. */
interface ScrapeJob {
  readonly job_name: string;
}

/**
 * Returns a configuration with one receiver for each job. The collector names the component that it refuses. In a
 * receiver with hundreds of jobs, this name does not show which team's monitor is wrong.
 */
export function jobConfiguration(jobs: readonly ScrapeJob[]): string {
  const receivers = jobs.map((job, i) => [`prometheus/${i}`, { config: { scrape_configs: [job] } }] as const);
  return renderYaml(probingConfiguration({ receivers: Object.fromEntries(receivers) }));
}

/**
 * Returns the jobs of a `jobConfiguration` about which the collector complains. It reads one receiver after the other and
 * stops at the first that it cannot read, so a run without the returned jobs may find more. The rest of the output is
 * then part of that complaint, even if a monitor's text makes it look like another one.
 */
export function refusedJobs(said: string, jobs: readonly ScrapeJob[]): RefusedJobs {
  const complaints = complaintsIn(said);
  const [, unread, cause = ""] = (complaints[0]?.component === undefined && unreadReceiver.exec(said)) || [];
  const named = unread === undefined ? complaints : [{ component: unread, text: cause }];
  return new Map(
    named.flatMap(({ component = "", text }): [string, string][] => {
      const job = jobs[Number(/^prometheus\/(\d+)$/.exec(component)?.[1] ?? NaN)];
      return job === undefined ? [] : [[job.job_name, withoutValues(text, job)]];
    }),
  );
}

/**
 * Returns the jobs that a collector on this machine refuses; none if it gives no answer. A complaint repeats what a monitor
 * has, which may look like a complaint about another job. So a job is only refused if the collector refuses it alone.
 */
export function jobsRefusedBy(
  collector: LocalCollector,
  jobs: readonly ScrapeJob[],
  files: Readonly<Record<string, string>>,
): RefusedJobs {
  const ask: Ask = (some) => {
    const said = askLocally(collector, jobConfiguration(some), files);
    return typeof said === "string" ? said : undefined;
  };
  // Without any job, a complaint is about the configuration around them.
  return jobs.length === 0 || ask([]) !== undefined ? noJobs : refusedAmong(jobs, ask);
}

/** Returns the collector's message about the jobs that it refuses; undefined if it accepts all. */
type Ask = (jobs: readonly ScrapeJob[]) => string | undefined;

const noJobs: RefusedJobs = new Map();

function refusedAmong(jobs: readonly ScrapeJob[], ask: Ask): RefusedJobs {
  const said = jobs.length === 0 ? undefined : ask(jobs);
  if (said === undefined) return noJobs;
  if (jobs.length === 1) return refusedAlone(said, jobs);
  const named = refusedJobs(said, jobs);
  const suspects = jobs.filter(({ job_name: name }) => named.has(name));
  const refused = new Map(suspects.flatMap((job) => [...refusedAmong([job], ask)]));
  // A job that makes the whole file unreadable is not named.
  if (refused.size === 0) return inHalves(jobs, ask);
  const others = jobs.filter(({ job_name: name }) => !refused.has(name));
  return new Map([...refused, ...refusedAmong(others, ask)]);
}

function inHalves(jobs: readonly ScrapeJob[], ask: Ask): RefusedJobs {
  const half = Math.ceil(jobs.length / 2);
  return new Map([jobs.slice(0, half), jobs.slice(half)].flatMap((some) => [...refusedAmong(some, ask)]));
}

/** Returns the only job with the collector's words about it, or about the file if the job makes the file unreadable. */
function refusedAlone(said: string, jobs: readonly ScrapeJob[]): RefusedJobs {
  const named = refusedJobs(said, jobs);
  return named.size > 0 ? named : new Map(jobs.map((job) => [job.job_name, withoutValues(said, job)]));
}

/** Matches the collector's words about a receiver that it cannot read. */
const unreadReceiver =
  /error reading configuration for "(prometheus\/\d+)": (?:decoding failed due to the following error\(s\):\s+)?(.*)$/s;

/**
 * Removes what a team wrote: the words go to warnings and to the status, and an unforeseen field may hold a credential. A
 * value may have quotes of its own, so whole values go first, and behind a quote without an end everything goes.
 */
function withoutValues(text: string, job: ScrapeJob): string {
  return textsIn(job)
    .flatMap((value) => [value, value.replaceAll("$$", "$")])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, value) => rest.replaceAll(value, "…"), text)
    .replace(/^.*?(?:prometheus config object: (?:yaml: unmarshal errors:\s+line \d+: )?|(?=yaml: ))/s, "")
    .replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`/g, "…")
    .replace(/["`].*$/s, "…")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Returns all texts in a value, but for keys and for texts so short that they stand in many words. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.length > 3 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Returns the scrape jobs of monitors in a configuration. */
export function monitorJobsIn(configuration: string): readonly ScrapeJob[] {
  const { receivers } = parse(configuration, { maxAliasCount: -1 }) as Receivers;
  return Object.values(receivers)
    .flatMap((receiver) => receiver?.config?.scrape_configs ?? [])
    .filter(({ job_name: name }) => monitorOfJob(name) !== undefined);
}

/**
 * Returns whether a collector complains about something that is not the user's. It may be a job of a monitor: the checks of
 * monitors are our own, and the collector has the last word.
 */
export const mayBeMonitors = (findings: readonly Finding[]): boolean =>
  findings.some(({ path }) => path === "configuration");

interface Receivers {
  readonly receivers: Readonly<Record<string, { readonly config?: ScrapeConfigs } | null>>;
}

interface ScrapeConfigs {
  readonly scrape_configs?: readonly ScrapeJob[];
}

/** Returns findings that name monitors. The collector had their credentials, so its words are not shown. */
export function refusedMonitorFindings(refused: RefusedJobs): Finding[] {
  return [...refused.keys()].map((job) =>
    error(
      monitorOfJob(job) ?? job,
      "is refused by the collector, in words that are not shown because they may quote a credential",
      `Exclude it by labelSelector in input.prometheusOperator, or put the collector on PATH of the machine that updates: ` +
        "updates then leave such a monitor out, and state the reason",
    ),
  );
}
