import { nothingToDo, seeMessage, type ReasonRow } from "./reason-row";

const waitForRollout = "Wait, or look at the pods that the message names.";
const checkKubeconfig =
  "Check that the kubeconfig names a cluster that answers, and that its API server is not overloaded.";

/** Whether the collectors run: the reasons of `GatewayHealthy` and `AgentHealthy`. */
export const workloadReasons = [
  {
    type: "GatewayHealthy",
    reason: "GatewayReady",
    status: "True",
    meaning: "The gateway runs on all its nodes with the current configuration.",
    remedy: nothingToDo,
  },
  {
    type: "GatewayHealthy",
    reason: "SomeNodesNotReady",
    status: "True",
    isWarning: true,
    meaning: "The gateway runs with the current configuration, but not on nodes that are not ready themselves.",
    remedy: "Repair or remove the nodes that the message names.",
  },
  {
    type: "GatewayHealthy",
    reason: "RolloutInProgress",
    status: "False",
    meaning: "Some pods of the gateway do not have the current configuration yet, or are not ready.",
    remedy: waitForRollout,
  },
  {
    type: "GatewayHealthy",
    reason: "GatewayNotReady",
    status: "False",
    meaning: "The gateway is missing, has no node, or has pods that cannot be created or cannot run.",
    remedy: seeMessage,
  },
  {
    type: "GatewayHealthy",
    reason: "GatewayUnreadable",
    status: "Unknown",
    meaning: "The cluster did not return the state of the gateway.",
    remedy: checkKubeconfig,
  },
  {
    type: "AgentHealthy",
    reason: "AgentReady",
    status: "True",
    meaning: "The pipeline's agent runs with the current configuration.",
    remedy: nothingToDo,
  },
  {
    type: "AgentHealthy",
    reason: "SomeNodesNotReady",
    status: "True",
    isWarning: true,
    meaning:
      "The pipeline's agent runs with the current configuration, but not on nodes that are not ready themselves.",
    remedy: "Repair or remove the nodes that the message names.",
  },
  {
    type: "AgentHealthy",
    reason: "AgentNotRequired",
    status: "True",
    meaning: "The pipeline collects nothing, so it needs no agent.",
    remedy: nothingToDo,
  },
  {
    type: "AgentHealthy",
    reason: "RolloutInProgress",
    status: "False",
    meaning: "Some pods of the agent do not have the current configuration yet, or are not ready.",
    remedy: waitForRollout,
  },
  {
    type: "AgentHealthy",
    reason: "AgentNotReady",
    status: "False",
    meaning: "The agent is missing, has no node, or has pods that cannot be created or cannot run.",
    remedy: seeMessage,
  },
  {
    type: "AgentHealthy",
    reason: "AgentUnreadable",
    status: "Unknown",
    meaning: "The cluster did not return the state of the agent.",
    remedy: checkKubeconfig,
  },
] as const satisfies readonly ReasonRow[];
