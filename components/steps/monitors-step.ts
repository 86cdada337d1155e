import type * as pulumi from "@pulumi/pulumi";
import { monitorReader, planMonitors, type Monitors } from "../monitors";
import { formatFinding } from "../schema";
import { reportingFindings, warnAt } from "./messages";
import type { Parsed } from "./parse-step";

/** Reads the monitors of the Prometheus Operator that pipelines select, and the Secrets that these monitors reference. */
export function readMonitors(
  component: pulumi.Resource,
  { pipelines, settings, cluster, secrets, now }: Parsed,
): Monitors {
  return reportingFindings(component, () => {
    const monitors = planMonitors(pipelines, settings, { monitors: monitorReader(cluster), secrets }, now);
    for (const warning of monitors.findings) warnAt(component)(formatFinding(warning));
    return monitors;
  });
}
