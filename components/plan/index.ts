import type { TelemetrySettings } from "../settings";
import { agentPlans, type AgentSurroundings } from "./agent-plan";
import type { CollectorPlan } from "./collector-plan";
import { gatewayPlan } from "./gateway-plan";
import { logAgentPlan } from "./log-agent-plan";
import type { PlannedPipeline } from "./models";

/** Plans every collector that the pipelines need, from settings alone. */
export function planCollectors(
  pipelines: readonly PlannedPipeline[],
  settings: TelemetrySettings,
  around: AgentSurroundings,
): CollectorPlan[] {
  return [
    ...gatewayPlan(pipelines, settings),
    ...agentPlans(pipelines, settings, around),
    ...logAgentPlan(pipelines, settings, around.namespace),
  ];
}

export { mostRights, scrapesPods, type AgentSurroundings } from "./agent-plan";
export type { CollectorPlan, PlannedNetwork } from "./collector-plan";
export { logNamespaces } from "./log-agent-plan";
export { queueFindings } from "./queue-findings";
export { pipelineModels, type PlannedPipeline } from "./models";
export { contentName, isNameOutside, nameOutside, namesOutside, resourceNameIn } from "./names";
export { enrichmentRights } from "./rights";
