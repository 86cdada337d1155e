import { retrySeconds } from "../contract";
import { durationWords } from "../schema";

/** The default of the time for which exporters retry a batch. */
const retryTime = durationWords(retrySeconds);

/** Every condition type, in the order in which people see them. */
export const conditionTypes = {
  ConfigurationGenerated: {
    column: "CONFIGURATION",
    meaning: "Whether the pipeline is valid and part of the collectors' configuration.",
  },
  GatewayHealthy: {
    column: "GATEWAY",
    meaning: "Whether the gateway runs with the current configuration. Only pipelines that the gateway serves have it.",
  },
  AgentHealthy: {
    column: "AGENT",
    meaning:
      "Whether the metric agent, or the log agent, runs with the current configuration. Metric pipelines have it, and log pipelines with container logs.",
  },
  InputsHealthy: {
    column: "INPUTS",
    meaning:
      "Whether data comes in: what applications have pushed, and whether the metric agent can collect from its targets.",
  },
  DataHealthy: {
    column: "DATA",
    meaning:
      "Whether the data is what its owner means: senders are known, statements work, and the filter leaves something over.",
  },
  TelemetryFlowHealthy: {
    column: "FLOW",
    meaning: "Whether the backend accepts the pipeline's data.",
  },
} as const satisfies Readonly<Record<string, { readonly column: string; readonly meaning: string }>>;

export type ConditionType = keyof typeof conditionTypes;

export const conditionStatuses = ["True", "False", "Unknown"] as const;

interface ReasonRow {
  readonly type: ConditionType;
  readonly reason: string;
  readonly status: (typeof conditionStatuses)[number];
  /** One sentence. */
  readonly meaning: string;
  /** One sentence: what to do, or where to look. */
  readonly remedy: string;
  /** The condition is True, and there is something to do nevertheless. */
  readonly isWarning?: true;
}

const nothingToDo = "Nothing to do.";
const seeMessage = "The message names the cause and its remedy.";
const waitForRollout = "Wait, or look at the pods that the message names.";
const checkKubeconfig =
  "Check that the kubeconfig names a cluster that answers, and that its API server is not overloaded.";
const correctManifest = "Correct the field that the message names.";
const grantRights =
  "Check that pods are ready, and that you have the rights to create pods/portforward and to get pods/log there.";

/**
 * Every reason of every condition. A reason that two types share has a row for each type, and a reason with two
 * statuses has a row for each status. Types, pages and tables derive from these rows; see `condition`.
 */
export const reasons = [
  {
    type: "ConfigurationGenerated",
    reason: "GatewayConfigured",
    status: "True",
    meaning: "The pipeline is valid and part of the collectors' configuration.",
    remedy: nothingToDo,
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSCertificateAboutToExpire",
    status: "True",
    isWarning: true,
    meaning: "A certificate of the pipeline expires within 14 days.",
    remedy: "Renew the certificate that the message names.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "EndpointInvalid",
    status: "False",
    meaning: "The endpoint of a pipeline object is not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "OTTLSpecInvalid",
    status: "False",
    meaning: "A transform or a filter of a pipeline object is not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "ReferencedSecretMissing",
    status: "False",
    meaning: "A pipeline object references a Secret or a key that does not exist.",
    remedy: "Create the Secret with this key, or correct the reference.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "RuntimeAdditionalMetricInvalid",
    status: "False",
    meaning: "A pipeline object requests an additional runtime metric that does not exist.",
    remedy: "Choose names from the list of additional metrics in pipelines.md.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSCertificateExpired",
    status: "False",
    meaning: "A certificate of a pipeline object has expired.",
    remedy: "Renew the certificate that the message names.",
  },
  {
    type: "ConfigurationGenerated",
    reason: "TLSConfigurationInvalid",
    status: "False",
    meaning: "The TLS settings of a pipeline object are not valid.",
    remedy: correctManifest,
  },
  {
    type: "ConfigurationGenerated",
    reason: "ValidationFailed",
    status: "False",
    meaning: "A pipeline object is not valid for any other reason.",
    remedy: correctManifest,
  },
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
    meaning: "The gateway is missing, has no node, or has pods that cannot run.",
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
    meaning: "The metric agent runs with the current configuration.",
    remedy: nothingToDo,
  },
  {
    type: "AgentHealthy",
    reason: "SomeNodesNotReady",
    status: "True",
    isWarning: true,
    meaning: "The metric agent runs with the current configuration, but not on nodes that are not ready themselves.",
    remedy: "Repair or remove the nodes that the message names.",
  },
  {
    type: "AgentHealthy",
    reason: "AgentNotRequired",
    status: "True",
    meaning: "The pipeline collects nothing, so it needs no metric agent.",
    remedy: nothingToDo,
  },
  {
    type: "AgentHealthy",
    reason: "RolloutInProgress",
    status: "False",
    meaning: "Some pods of the metric agent do not have the current configuration yet, or are not ready.",
    remedy: waitForRollout,
  },
  {
    type: "AgentHealthy",
    reason: "AgentNotReady",
    status: "False",
    meaning: "The metric agent is missing, has no node, or has pods that cannot run.",
    remedy: seeMessage,
  },
  {
    type: "AgentHealthy",
    reason: "AgentUnreadable",
    status: "Unknown",
    meaning: "The cluster did not return the state of the metric agent.",
    remedy: checkKubeconfig,
  },
  {
    type: "InputsHealthy",
    reason: "InputsHealthy",
    status: "True",
    meaning: "Applications have pushed data, all targets are up, and all kubelets answer.",
    remedy: nothingToDo,
  },
  {
    type: "InputsHealthy",
    reason: "SomeTargetsDown",
    status: "True",
    isWarning: true,
    meaning: "Some targets are down, or are scraped more than once.",
    remedy: "Correct the targets that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "SomeObjectsNotScraped",
    status: "True",
    isWarning: true,
    meaning: "Some annotated Pods or Services, or monitors, are not scraped, or not as they ask.",
    remedy: "Correct the annotations or monitors that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "AllTargetsDown",
    status: "False",
    meaning: "The pipeline's namespaces have targets, and all of them are down.",
    remedy: "Correct the targets that the message names.",
  },
  {
    type: "InputsHealthy",
    reason: "NoTargets",
    status: "False",
    meaning:
      "Pods or Services are annotated for scraping, or monitors select pods, and the agent scrapes none of them.",
    remedy: "Check the annotated ports, and that the pods run on nodes with an agent.",
  },
  {
    type: "InputsHealthy",
    reason: "NoTargets",
    status: "Unknown",
    meaning: "The pipeline's namespaces have nothing to scrape.",
    remedy: "Annotate Pods or Services, or turn the input off.",
  },
  {
    type: "InputsHealthy",
    reason: "KubeletUnreachable",
    status: "False",
    meaning: "At least one kubelet rejected the last request for its metrics.",
    remedy: seeMessage,
  },
  {
    type: "InputsHealthy",
    reason: "NothingPushed",
    status: "Unknown",
    meaning: "Applications have pushed no data of this signal since the gateway's pods started.",
    remedy: "Check address and protocol of the senders. HTTP on the port for gRPC leaves no trace.",
  },
  {
    type: "InputsHealthy",
    reason: "NoLinesRead",
    status: "Unknown",
    meaning: "The log agents have read no line for the pipeline since their pods started.",
    remedy: "Check namespaces and containers of the input, and that containers write lines.",
  },
  {
    type: "InputsHealthy",
    reason: "LinesSplit",
    status: "True",
    isWarning: true,
    meaning: "Containers have written lines of more than 1 MiB, which arrive as several records.",
    remedy: "Let the containers that the message names write shorter lines.",
  },
  {
    type: "InputsHealthy",
    reason: "RequestsMisdirected",
    status: "True",
    isWarning: true,
    meaning: "Applications push data, and some send gRPC to the port for HTTP, which loses it.",
    remedy: "Correct the port of these senders.",
  },
  {
    type: "InputsHealthy",
    reason: "NoInputEnabled",
    status: "Unknown",
    meaning: "The pipeline has no input, so it gets no data.",
    remedy: "Enable an input, or remove the pipeline.",
  },
  {
    type: "InputsHealthy",
    reason: "InputsPending",
    status: "Unknown",
    meaning: "Some inputs were not read yet, as in the first interval after a rollout.",
    remedy: "Run npm run status after one interval.",
  },
  {
    type: "DataHealthy",
    reason: "DataHealthy",
    status: "True",
    meaning: "Nothing is known to be wrong with the data. The message counts what the filter dropped.",
    remedy: nothingToDo,
  },
  {
    type: "DataHealthy",
    reason: "AllItemsFiltered",
    status: "True",
    isWarning: true,
    meaning: "The pipeline's filter dropped everything since the collectors started.",
    remedy: "Check the conditions of the filter against the data.",
  },
  {
    type: "DataHealthy",
    reason: "StatementsFailing",
    status: "True",
    isWarning: true,
    meaning: "Statements of the pipeline's transform, or conditions of its filter, failed on items during the check.",
    remedy: "Read the errors in the collector's log, and correct the statements.",
  },
  {
    type: "DataHealthy",
    reason: "SendersUnknown",
    status: "True",
    isWarning: true,
    meaning: "More than a tenth of the pushed data came without a known pod.",
    remedy: "Let these senders set k8s.pod.uid, or send without a relay or proxy that hides their address.",
  },
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
    meaning: "The backend accepts nothing from the metric agent, which drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentAllTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts nothing from the metric agent, which keeps the data and retries for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentSomeTelemetryDataDropped",
    status: "False",
    meaning: "The backend accepts only part of the metric agent's data, and the agent drops data or has a full queue.",
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentSomeTelemetryDataDelayed",
    status: "False",
    meaning: `The backend accepts only part of the metric agent's data, and the agent retries the rest for ${retryTime} by default.`,
    remedy: seeMessage,
  },
  {
    type: "TelemetryFlowHealthy",
    reason: "AgentThrottling",
    status: "False",
    meaning: "The backend asks the metric agent for a lower rate, or the agent is short of memory and rejects data.",
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
    meaning: "The metric agent alone serves the pipeline, and has no ready pod whose metrics can be read.",
    remedy: grantRights,
  },
] as const satisfies readonly ReasonRow[];

type Row = (typeof reasons)[number];

/** Returns the row of a reason; the first one if the table has the reason with two statuses and none is given. */
export function reasonRow(type: ConditionType, reason: string, status?: string): Row | undefined {
  return reasons.find(
    (row) => row.type === type && row.reason === reason && (status === undefined || row.status === status),
  );
}
