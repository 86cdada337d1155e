import type { PipelineModel } from "../collector";
import type { RefusedJobs } from "../monitors";
import type { Finding } from "../schema";
import type { ValidationSettings } from "../settings";
import { findCollector, type LocalCollector, validateLocally } from "./local-collector";
import { placesIn } from "./places";
import { jobsRefusedBy, mayBeMonitors, monitorJobsIn } from "./refused-jobs";

export interface ValidatedHere {
  /** Errors in the configurations. */
  readonly findings: readonly Finding[];
  /** Notes to the user about validations that did not take place, or whose verdict may differ from that in the cluster. */
  readonly notes: readonly string[];
  /** Jobs of monitors that the collector refuses, if there are any. Without them, it may find more or accept the rest. */
  readonly refusedJobs?: RefusedJobs;
}

interface ValidatedCollector {
  /** The collector's configuration, as YAML. */
  readonly configuration: string;
  /** The image that will run with it. */
  readonly image: string;
}

export interface ToValidateHere {
  readonly collectors: readonly ValidatedCollector[];
  /** The user's pipelines, for the places in messages. */
  readonly pipelines: readonly PipelineModel[];
  /** Files that stand in for those of the merged Secret, by their path in the pod; see `placeholderFiles`. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings: ValidationSettings;
  /** Folders to search for collectors, as in the variable PATH. */
  readonly searchPath: string;
  /** Whether this is a preview, after which an update would validate in the cluster. */
  readonly preview: boolean;
}

/**
 * Validates with a collector on this machine, if there is one. It runs in the program and not in its own resource, so
 * that its errors are reported before the first resource is made, like all other errors in the pipelines. Credentials
 * are not known in a preview and not needed: files of the same form stand in for them.
 */
export function validateHere({ collectors, ...around }: ToValidateHere): ValidatedHere {
  if (around.settings.mode === "off") {
    return { findings: [], notes: ["Not validated: telemetry:validation.mode is off."] };
  }
  const all = collectors.map((collector) => validateOne(collector, around));
  // A pipeline may stand in several configurations, and a missing collector is missing for all of them.
  const distinct = <T>(list: readonly T[]): T[] => [
    ...new Map(list.map((item) => [JSON.stringify(item), item])).values(),
  ];
  const refusedJobs = new Map(all.flatMap((one) => [...(one.refusedJobs ?? [])]));
  return {
    findings: distinct(all.flatMap(({ findings }) => findings)),
    notes: distinct(all.flatMap(({ notes }) => notes)),
    ...(refusedJobs.size > 0 && { refusedJobs }),
  };
}

function validateOne(
  { configuration, image }: ValidatedCollector,
  { pipelines, files, settings, searchPath, preview }: Omit<ToValidateHere, "collectors">,
): ValidatedHere {
  const later =
    settings.mode === "full"
      ? "The update validates in the cluster before anything rolls."
      : "With telemetry:validation.mode local, nothing else validates.";
  const unvalidated = (why: string): ValidatedHere => ({
    findings: [],
    // In an update, the validation in the cluster is about to follow.
    notes:
      settings.mode === "full" && !preview
        ? []
        : [`Not validated ${preview ? "in preview" : "here"}: ${why}. ${later}`],
  });

  const collector = findCollector({ path: settings.collector, image, searchPath });
  if ("absent" in collector) {
    const { absent: problem, remedy } = collector;
    return settings.collector === undefined
      ? unvalidated(`${problem}. ${remedy}`)
      : { findings: [{ severity: "error", path: "validation.collector", problem, remedy }], notes: [] };
  }
  const places = placesIn(configuration, pipelines);
  const answer = validateLocally(collector, configuration, files, places);
  if ("silent" in answer) return unvalidated(answer.silent);
  const refusedJobs = mayBeMonitors(answer)
    ? jobsRefusedBy(collector, monitorJobsIn(configuration), files)
    : new Map<string, string>();
  // In an update that goes on, the validation in the cluster is about to follow.
  const isLast = settings.mode === "local" || preview || answer.length > 0;
  const notes = collector.mayDiffer && isLast ? [ofUnknownVersion(collector)] : [];
  return refusedJobs.size > 0 ? { findings: [], notes: [], refusedJobs } : { findings: answer, notes };
}

const ofUnknownVersion = ({ path, version }: LocalCollector): string =>
  `Validated with ${path} ${version}, which may differ from the collector in the cluster: the image has no version at the start of its tag.`;
