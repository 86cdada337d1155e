import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { contentName, type CollectorPlan } from "../plan";
import { BackendFlow } from "../proof";
import { isAboutToExpire, type TelemetrySettings } from "../settings";
import type { FlowTargets, PipelineStatus } from "../verification";
import type { Parsed } from "./parse-step";
import type { Owner, Placed } from "./place-step";
import type { Planned } from "./plan-step";

/** The pipelines to verify, and the resources that must exist before. */
export interface ToProve {
  readonly targets: FlowTargets;
  readonly secrets: Placed["secrets"];
  readonly after: readonly pulumi.Resource[];
}

/** Verifies at the end of the update that backends accept data; returns nothing when verification is off. */
export function prove(
  { component, resourceName, dynamicProvider }: Owner,
  { settings, warnings, lateWarnings, cluster }: Parsed,
  { plans }: Planned,
  { targets, secrets, after }: ToProve,
): pulumi.Output<readonly PipelineStatus[] | undefined> {
  const { mode } = settings.verification;
  if (mode === "off" || targets.pipelines.length === 0) return pulumi.output(undefined);
  const certificates = lateWarnings.apply((late) => [...warnings, ...late].filter(isAboutToExpire));
  return new BackendFlow(
    `${resourceName}-flow`,
    {
      targets,
      certificates,
      cluster,
      settings: { ...settings.verification, mode },
      revision: pulumi.all([...secrets]).apply((names) => revisionOf(plans, settings, names, cluster)),
    },
    { parent: component, provider: dynamicProvider, dependsOn: [...after] },
  ).pipelines;
}

/** Returns a hash that changes whenever something changes that decides whether data flows. */
function revisionOf(
  plans: readonly CollectorPlan[],
  { egress, proxy, scraping }: TelemetrySettings,
  secrets: readonly (string | undefined)[],
  { context }: ClusterAccess,
): string {
  const images = plans.map(({ image }) => image);
  const ways = JSON.stringify([egress, scraping.hostNetworks, images, context, ...(proxy ? [proxy] : [])]);
  const named = secrets.filter((name) => name !== undefined);
  return contentName("r", [...named, ...plans.map((one) => one.revision), ways].join());
}
