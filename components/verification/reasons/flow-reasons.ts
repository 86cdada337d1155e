import { retrySeconds } from "../../contract";
import { durationWords } from "../../schema";
import { nothingToDo, seeMessage, type ReasonRow } from "./reason-row";

/** The default of the time for which exporters retry a batch. */
const retryTime = durationWords(retrySeconds);

const grantRights =
  "Check that pods are ready, and that you have the rights to create pods/portforward and to get pods/log there.";

/** Whether the backend accepts data: the reasons of `TelemetryFlowHealthy`. */
export const flowReasons = [
  {
    type: "TelemetryFlowHealthy",
    reason: "FlowHealthy",
    status: "True",
    meaning: "The backend accepted data.",
    remedy: nothingToDo,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewayAllTelemetryDataDropped",
    status: "False",
    meaning: "The backend accepts nothing from the gateway, which drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewayAllTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts nothing from the gateway, which keeps the data and retries for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewaySomeTelemetryDataDropped",
    status: "False",
    meaning: "The backend accepts only part of the gateway's data, and the gateway drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewaySomeTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts only part of the gateway's data, and the gateway retries the rest for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewayThrottling",
    status: "False",
    meaning:
      "The backend asks the gateway for a lower rate, or the gateway is short of memory and rejects pushed data.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentAllTelemetryDataDropped",
    status: "False",
    meaning: "The backend accepts nothing from the agent, which drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentAllTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts nothing from the agent, which keeps the data and retries for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentSomeTelemetryDataDropped",
    status: "False",
    meaning: "The backend accepts only part of the agent's data, and the agent drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentSomeTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts only part of the agent's data, and the agent retries the rest for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentThrottling",
    status: "False",
    meaning: "The backend asks the agent for a lower rate, or the agent is short of memory and rejects data.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "ConfigurationNotGenerated",
    status: "False",
    meaning: "The pipeline object is not valid, so no collector sends its data.",
    remedy: "Correct the problem that the condition ConfigurationGenerated names.",
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "NoEvidence",
    status: "Unknown",
    meaning: "The pipeline sent nothing during the check, or the collector's log level hides what backends reject.",
    remedy: "Send data, turn the pipeline's canary on, or lower the collector's log level to warn or info.",
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "GatewayProbingFailed",
    status: "Unknown",
    meaning: "The gateway has no ready pod whose metrics can be read.",
    remedy: grantRights,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentProbingFailed",
    status: "Unknown",
    meaning: "An agent alone serves the pipeline, and has no ready pod whose metrics can be read.",
    remedy: grantRights,
  },
] as const satisfies readonly ReasonRow[];
