import * as pulumi from "@pulumi/pulumi";
import { clusterFindings, type WantedNamespace } from "../cluster-facts";
import type { Monitors } from "../monitors";
import { queueFindings } from "../plan";
import { placeholderFiles, sizeFindings, validateHere } from "../validation";
import { failWith, thisStack, warnAt } from "./messages";
import type { Parsed } from "./parse-step";
import type { Planned } from "./plan-step";

/** Validates the configurations with a collector on this machine, before the first object is made. */
export function validate(component: pulumi.Resource, parsed: Parsed, monitors: Monitors, planned: Planned): void {
  const { pipelines, tokens, settings, facts } = parsed;
  const { models, plans } = planned;
  const configurations = plans.map(({ configuration }) => configuration);
  failWith(component, [
    ...clusterFindings(wantedNamespaces(parsed, planned), settings, facts),
    ...queueFindings(plans),
    ...sizeFindings(configurations, models, monitors.jobs),
  ]);
  const { findings, notes } = validateHere({
    collectors: plans,
    pipelines: models,
    files: placeholderFiles(pipelines, monitors, tokens),
    settings: settings.validation,
    searchPath: process.env.PATH ?? "",
    preview: pulumi.runtime.isDryRun(),
  });
  for (const note of notes) warnAt(component)(note);
  failWith(component, findings);
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
