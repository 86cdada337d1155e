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

/** A reason with one status of one type. */
export interface ReasonRow {
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

/** Remedies that several types share. */
export const nothingToDo = "Nothing to do.";
export const seeMessage = "The message names the cause and its remedy.";
