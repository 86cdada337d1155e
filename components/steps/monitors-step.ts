import type * as pulumi from "@pulumi/pulumi";
import { monitorReader, planMonitors, type Monitors, type RefusedJobs } from "../monitors";
import { formatFinding } from "../schema";
import { reportingFindings } from "./messages";
import type { Parsed } from "./parse-step";

/** Reads the monitors of the Prometheus Operator that pipelines select, and the Secrets that these monitors reference. */
export function readMonitors(
  component: pulumi.Resource,
  { pipelines, settings, cluster, secrets, now }: Parsed,
  refused: RefusedJobs,
  warn: (message: string) => void,
): Monitors {
  return reportingFindings(component, () => {
    const read = { monitors: monitorReader(cluster), secrets };
    const monitors = planMonitors(pipelines, settings, read, now, refused);
    for (const warning of monitors.findings) warn(formatFinding(warning));
    return monitors;
  });
}
