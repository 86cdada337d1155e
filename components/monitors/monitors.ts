import type { ReadSecrets } from "../credentials";
import type { MonitorJob, MonitorProblem } from "../inputs";
import { PipelineConfigError } from "../config-error";
import { error, excerpt, seconds, warning, type Finding } from "../schema";
import type { Pipeline, TelemetrySettings } from "../settings";
import { translateWithinBudget } from "./monitor-budget";
import { fault, faultProblems, type MonitorFault, type Remark } from "./monitor-faults";
import type { FileForm, MonitorFile } from "./monitor-files";
import { monitorKinds, type MonitorKind } from "../contract";
import type { MonitorObject } from "./monitor-object";
import { fileContent, fileFaults, readFiles, type ReadFiles } from "./monitor-secrets";
import { monitorWarnings } from "./monitor-warnings";
import type { MonitorReading } from "./read-monitors";
import { withRoomForFiles } from "./room-for-files";
import { withRoomForJobs } from "./room-for-jobs";
import { noRoomToTranslate, withRoomToTranslate } from "./room-to-translate";
import { allowsSecrets, wantedKinds, wantsMonitor } from "./select-monitors";
import type { EndpointJob } from "./translate-monitor";

/** The collector's words about scrape jobs that it refuses, by the name of the job. */
export type RefusedJobs = ReadonlyMap<string, string>;

export type ReadMonitors = (kinds: readonly MonitorKind[]) => MonitorReading;

/** Everything that monitors add to the plan of the agents. */
export interface Monitors {
  readonly jobs: readonly MonitorJob[];
  /** Texts of the files that the jobs read, by their key in the merged Secret. */
  readonly files: Readonly<Record<string, string>>;
  /** The form of each file. */
  readonly forms: Readonly<Record<string, FileForm>>;
  /** Warnings about monitors that cannot be applied as they are. */
  readonly findings: readonly Finding[];
  /** The same monitors, for the status of the pipelines that lack their data. */
  readonly problems: readonly WantedProblem[];
}

/** A problem, and the ids of the pipelines whose data it concerns. */
interface WantedProblem {
  readonly pipelines: readonly string[];
  readonly problem: MonitorProblem;
}

const none: Monitors = { jobs: [], files: {}, forms: {}, findings: [], problems: [] };

/** A job, the pipelines that get its data, and the monitor that asks for it. */
interface WantedJob extends EndpointJob {
  readonly monitor: MonitorObject;
  readonly pipelines: readonly string[];
}

interface Checked {
  readonly jobs: readonly WantedJob[];
  readonly remarks: readonly Remark[];
}

/**
 * Reads the monitors that pipelines want and the Secrets that these refer to, and returns their scrape jobs. A wrong
 * monitor costs its own data only. Throws a `PipelineConfigError` if the cluster does not answer: without monitors, the
 * agents would stop to scrape.
 */
export function planMonitors(
  pipelines: readonly Pipeline[],
  settings: TelemetrySettings,
  read: { readonly monitors: ReadMonitors; readonly secrets: ReadSecrets },
  now: Date,
  refused: RefusedJobs = new Map(),
): Monitors {
  const kinds = wantedKinds(pipelines);
  if (kinds.length === 0) return none;
  const { monitors, missing } = readAll(read.monitors, kinds, pipelines);
  const wanted = wantedJobs(monitors, pipelines, settings);
  const accepted = withoutRefused(wanted.jobs, refused);
  // Before the Secrets: monitors without room may refer to more of them than an update has time for.
  const fitting = withRoomForJobs(accepted.jobs);
  const files = readFiles(
    fitting.jobs.flatMap((job) => job.files),
    read.secrets,
  );
  refuseSilence(files, pipelines);
  const usable = withFiles(fitting.jobs, files, now);
  const kept = withRoomForFiles(usable.jobs, files);
  const used = kept.jobs.flatMap((job) => job.files);
  const withoutRoom = kept.without.map(({ job: { monitor, pipelines: ids }, faults }) => ({
    monitor,
    pipelines: ids,
    faults,
  }));
  const remarks = [...wanted.remarks, ...usable.remarks, ...accepted.remarks, ...fitting.without, ...withoutRoom];
  return {
    jobs: kept.jobs.map(({ pipelines: ids, interval, config, target }) => ({
      pipelines: ids,
      interval,
      config,
      target,
    })),
    files: byKey(used, ({ form, fileKey }) => fileContent(form, files.texts.get(fileKey) ?? "")),
    forms: byKey(used, ({ form }) => form),
    findings: [...missing.map((kind) => missingKind(kind, pipelines)), ...monitorWarnings(remarks, placeOf(pipelines))],
    problems: remarks.flatMap(({ monitor, pipelines: ids, faults }) =>
      faultProblems(monitor, faults).map((problem) => ({ pipelines: ids, problem })),
    ),
  };
}

const byKey = <T>(files: readonly MonitorFile[], value: (file: MonitorFile) => T): Record<string, T> =>
  Object.fromEntries(files.map((file) => [file.fileKey, value(file)]));

/** Returns the place of the input in the first pipeline that has turned it on. */
function placeOf(pipelines: readonly Pipeline[]): string {
  const [first] = pipelines.filter(({ pull }) => pull.prometheusOperator !== undefined);
  return `${first?.path ?? ""}.input.prometheusOperator`;
}

function readAll(read: ReadMonitors, kinds: readonly MonitorKind[], pipelines: readonly Pipeline[]): MonitorReading {
  try {
    return read(kinds);
  } catch (thrown) {
    const problem = `needs ${kinds.join("s and ")}s, which could not be read (${(thrown as Error).message})`;
    const remedy = `Check that the cluster answers, and get the right to list ${kinds.map((kind) => monitorKinds[kind].plural).join(" and ")}`;
    throw new PipelineConfigError([error(placeOf(pipelines), problem, remedy, "MonitorsNotRead")]);
  }
}

const missingKind = (kind: MonitorKind, pipelines: readonly Pipeline[]): Finding =>
  warning(
    placeOf(pipelines),
    `asks for ${kind}s, a kind that the cluster does not have`,
    "Install the custom resource definitions of the Prometheus Operator, or turn this kind off",
  );

function wantedJobs(
  monitors: readonly MonitorObject[],
  pipelines: readonly Pipeline[],
  { scraping, intervals, inputs }: TelemetrySettings,
): Checked {
  const minimumInterval = seconds(inputs.prometheusOperator.minimumInterval);
  const settings = { scrape: scraping, interval: intervals.prometheusOperator, minimumInterval };
  const wantingOf = new Map(
    monitors.map((monitor) => [monitor, pipelines.filter((pipeline) => wantsMonitor(pipeline, monitor))] as const),
  );
  const wanted = monitors.filter((monitor) => (wantingOf.get(monitor) ?? []).length > 0);
  const kept = withRoomToTranslate(wanted);
  const all = wanted.map((monitor) => {
    const wanting = wantingOf.get(monitor) ?? [];
    const { jobs, faults } = kept.has(monitor)
      ? translateWithinBudget(monitor, settings)
      : { jobs: [], faults: [noRoomToTranslate(monitor)] };
    const allowed = jobs.map((job) => allowedJob(monitor, job, wanting));
    return {
      jobs: allowed.flatMap(({ pipelines: ids }, i) =>
        ids.length > 0 ? [{ ...jobs[i]!, monitor, pipelines: ids }] : [],
      ),
      remarks: [
        { monitor, pipelines: wanting.map(({ id }) => id), faults },
        ...allowed.map(({ refusing, faults: refused }) => ({ monitor, pipelines: refusing, faults: refused })),
      ],
    };
  });
  return { jobs: all.flatMap(({ jobs }) => jobs), remarks: all.flatMap(({ remarks }) => remarks) };
}

/** Gives the data of a job with Secrets only to pipelines that allow Secrets from the monitor's namespace. */
function allowedJob(
  monitor: MonitorObject,
  { files, place }: EndpointJob,
  wanting: readonly Pipeline[],
): {
  readonly pipelines: readonly string[];
  readonly refusing: readonly string[];
  readonly faults: readonly MonitorFault[];
} {
  const allowing = files.length === 0 ? wanting : wanting.filter((pipeline) => allowsSecrets(pipeline, monitor));
  const refusing = wanting.filter((pipeline) => !allowing.includes(pipeline));
  const remedy = `Add ${monitor.namespace} to input.prometheusOperator.allowSecretsFrom`;
  const names = refusing.map(({ name }) => name).join(", ");
  const problem = `refers to Secrets or ConfigMaps, which ${refusing.length === 1 ? "pipeline" : "pipelines"} ${names} ${refusing.length === 1 ? "does" : "do"} not allow from this namespace`;
  return {
    pipelines: allowing.map(({ id }) => id),
    refusing: refusing.map(({ id }) => id),
    faults: refusing.length === 0 ? [] : [fault(place, allowing.length === 0 ? "endpoint" : "field", problem, remedy)],
  };
}

/** Fails if the cluster did not answer: the Secrets may be right. */
function refuseSilence({ readings }: ReadFiles, pipelines: readonly Pipeline[]): void {
  const silent = [...readings.values()].find((one) => "problem" in one && one.problem === "unreachable");
  if (silent === undefined || !("problem" in silent)) return;
  const problem = `has monitors with Secrets, which could not be read (${silent.detail})`;
  const remedy = "Check that the kubeconfig names a cluster that answers, and a login that is still valid";
  throw new PipelineConfigError([error(placeOf(pipelines), problem, remedy, "SecretNotRead")]);
}

function withFiles(jobs: readonly WantedJob[], files: ReadFiles, now: Date): Checked {
  const checked = jobs.map((job) => ({ job, faults: fileFaults(job.files, files, now) }));
  return {
    jobs: checked.filter(({ faults }) => faults.length === 0).map(({ job }) => job),
    remarks: checked.map(({ job: { monitor, pipelines }, faults }) => ({ monitor, pipelines, faults })),
  };
}

/** Characters of the collector's words in a warning. They name fields, such as parameters, whose names have any length. */
const mostWords = 300;

/**
 * Leaves out what the collector refuses although it passed all checks above. Otherwise, one team's monitor would stop the
 * updates of everyone.
 */
function withoutRefused(jobs: readonly WantedJob[], refused: RefusedJobs): Checked {
  const remedy = "Correct what the collector names";
  return {
    jobs: jobs.filter(({ config }) => !refused.has(config.job_name)),
    remarks: jobs.flatMap(({ config, place, monitor, pipelines }) => {
      const words = refused.get(config.job_name);
      if (words === undefined) return [];
      return [
        {
          monitor,
          pipelines,
          faults: [fault(place, "endpoint", `is refused by the collector (${excerpt(words, mostWords)})`, remedy)],
        },
      ];
    }),
  };
}
