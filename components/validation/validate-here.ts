import type { PipelineModel } from "../collector";
import type { Finding } from "../schema";
import type { ValidationSettings } from "../settings";
import { findCollector, validateLocally } from "./local-collector";
import { placesIn } from "./places";

export interface ValidatedHere {
  /** What is wrong with the configurations. */
  readonly findings: readonly Finding[];
  /** What the user should know about validations that did not take place. */
  readonly notes: readonly string[];
}

interface ValidatedCollector {
  /** The collector's configuration, as YAML. */
  readonly configuration: string;
  /** The image that will run with it. */
  readonly image: string;
}

export interface ToValidateHere {
  readonly collectors: readonly ValidatedCollector[];
  /** Where messages find what the user wrote. */
  readonly pipelines: readonly PipelineModel[];
  /** Files that stand in for those of the merged Secret, by their path in the pod; see `placeholderFiles`. */
  readonly files: Readonly<Record<string, string>>;
  readonly settings: ValidationSettings;
  /** Where collectors are looked for, as in the variable PATH. */
  readonly searchPath: string;
  /** Whether this is a preview, after which an update would validate in the cluster. */
  readonly preview: boolean;
}

/**
 * Validates with a collector on this machine, if there is one. It runs in the program and not in a resource of its
 * own, so that what is wrong is told before the first resource is made, like everything else that is wrong with the
 * pipelines; credentials are not known in a preview, and not needed: files of the same form stand in for them.
 */
export function validateHere({ collectors, ...around }: ToValidateHere): ValidatedHere {
  if (around.settings.mode === "off") {
    return { findings: [], notes: ["Not validated: telemetry:validation.mode is off."] };
  }
  const all = collectors.map((collector) => validateOne(collector, around));
  // A pipeline may stand in several configurations, and what is missing on this machine is missing for all.
  const distinct = <T>(list: readonly T[]): T[] => [
    ...new Map(list.map((item) => [JSON.stringify(item), item])).values(),
  ];
  return {
    findings: distinct(all.flatMap(({ findings }) => findings)),
    notes: distinct(all.flatMap(({ notes }) => notes)),
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
  return "silent" in answer ? unvalidated(answer.silent) : { findings: answer, notes: [] };
}
