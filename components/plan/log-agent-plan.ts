import { renderYaml } from "../collector";
import { defaultLogNamespace, hostPaths, images, workloadNames } from "../contract";
import type { TelemetrySettings } from "../settings";
import { logAgentResources } from "../sizing";
import { revision, type CollectorPlan } from "./collector-plan";
import { logConfig, logFeatureGates, stateFolder, type ServedLogs } from "./log-config";
import type { PlannedPipeline } from "./models";
import { enrichmentRights } from "./rights";

/** Returns the namespace that the log agent needs besides the stack's own; nothing when no pipeline takes container logs. */
export function logNamespaces(
  pipelines: readonly Pick<PlannedPipeline, "containerLogs">[],
  { logAgent }: Pick<TelemetrySettings, "logAgent">,
  namespace: string,
): string[] {
  const isNeeded = pipelines.some(({ containerLogs }) => containerLogs !== undefined);
  return isNeeded ? [logAgent.namespace ?? defaultLogNamespace(namespace)] : [];
}

/** Returns the plan of the log agent; nothing when no pipeline takes container logs. */
export function logAgentPlan(
  pipelines: readonly PlannedPipeline[],
  settings: TelemetrySettings,
  namespace: string,
): CollectorPlan[] {
  const served = pipelines
    .filter((pipeline): pipeline is ServedLogs => pipeline.containerLogs !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const [own] = logNamespaces(served, settings, namespace);
  if (own === undefined) return [];
  const { logAgent, enrichment, egress, proxy } = settings;
  const name = workloadNames.logAgent;
  const resources = logAgentResources(served.length, logAgent.resources);
  const configuration = renderYaml(logConfig({ ...logAgent, served, enrichment, own: ownWorkloads(namespace, own) }));
  return [
    {
      kind: "log-agent",
      notes: [],
      namespace: own,
      name,
      suffix: "",
      workload: {
        kind: "DaemonSet",
        // Two log agents on a node would send every line twice. The files wait for the next one.
        rollingUpdate: { maxSurge: 0, maxUnavailable: "10%" },
        drainSeconds: 0,
      },
      configuration,
      resources,
      image: logAgent.image ?? images.collector,
      featureGates: logFeatureGates,
      hostFiles: {
        read: hostPaths.podLogs,
        // A folder of its own for each stack: two log agents with the same positions would share the lines.
        write: { path: `${hostPaths.state}/${namespace}`, mountPath: stateFolder },
        ...(logAgent.seLinuxOptions && { seLinuxOptions: logAgent.seLinuxOptions }),
      },
      logLevel: logAgent.logLevel,
      rights: { cluster: enrichmentRights, namespaces: [] },
      network: {
        takesPushed: false,
        targets: [],
        backendsOf: served.map(({ id }) => id),
        cidrs: egress,
        ...(proxy && { proxy }),
      },
      inMesh: false,
      priorityDescription: "Log agents start before ordinary workloads, so that no file is rotated unread.",
      served,
      inputs: [],
      parts: {},
      intervals: {},
      revision: revision(configuration, resources, logAgent),
    },
  ];
}

/** Returns the collectors of the stack, whose own logs are not read. */
function ownWorkloads(namespace: string, logsNamespace: string): { namespace: string; name: string }[] {
  return [
    ...[workloadNames.gateway, workloadNames.agents.node].map((name) => ({ namespace, name })),
    { namespace: logsNamespace, name: workloadNames.logAgent },
  ];
}
