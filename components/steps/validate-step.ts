import * as pulumi from "@pulumi/pulumi";
import { clusterFindings, sourceFindings, type WantedNamespace } from "../cluster-facts";
import type { Monitors, RefusedJobs } from "../monitors";
import { namesOutside, queueFindings } from "../plan";
import { formatFinding } from "../schema";
import { placeholderFiles, sizeFindings, validateHere } from "../validation";
import { failWith, thisStack } from "./messages";
import type { Parsed } from "./parse-step";
import type { Planned } from "./plan-step";

/**
 * Validates the configurations with a collector on this machine, before the first object is made. Returns the jobs of
 * monitors that it refuses: with any, nothing else is known yet.
 */
export function validate(
  component: pulumi.Resource,
  parsed: Parsed,
  monitors: Monitors,
  planned: Planned,
  warn: (message: string) => void,
): RefusedJobs {
  const { pipelines, tokens, settings, facts } = parsed;
  const { models, plans } = planned;
  const configurations = plans.map(({ configuration }) => configuration);
  failWith(component, [
    ...clusterFindings(wantedNamespaces(parsed, planned), settings, facts, namesOutside(parsed.namespace)),
    ...queueFindings(plans),
    ...sizeFindings(configurations, models, monitors.jobs),
  ]);
  const { findings, notes, refusedJobs } = validateHere({
    collectors: plans,
    pipelines: models,
    files: placeholderFiles(pipelines, monitors, tokens),
    settings: settings.validation,
    searchPath: process.env.PATH ?? "",
    preview: pulumi.runtime.isDryRun(),
  });
  if (refusedJobs !== undefined) return refusedJobs;
  for (const note of [...sourceFindings(pipelines, facts).map(formatFinding), ...notes]) warn(note);
  failWith(component, findings);
  return new Map();
}

/** Returns the namespaces that must be the stack's own, with the settings that name them. */
function wantedNamespaces({ namespace: name, isExisting }: Parsed, { plans }: Planned): WantedNamespace[] {
  const stack = thisStack();
  return [
    { name, stack, isExisting, path: "namespace", existingPath: "existingNamespace" },
    ...plans.flatMap(({ namespace: name }) =>
      name === undefined ? [] : [{ name, stack, isExisting: false, path: "logAgent.namespace" }],
    ),
  ];
}
