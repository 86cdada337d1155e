import type { Condition, ConditionType, PipelineStatus } from "./conditions";

/** What is told of each pipeline, by the head of its column. */
export const columns: readonly (readonly [string, ConditionType])[] = [
  ["CONFIGURATION", "ConfigurationGenerated"],
  ["GATEWAY", "GatewayHealthy"],
  ["AGENT", "AgentHealthy"],
  ["INPUTS", "InputsHealthy"],
  ["FLOW", "TelemetryFlowHealthy"],
];

/** All pipelines, a line each, and below them what is to be done. */
export function statusTable(pipelines: readonly PipelineStatus[]): string {
  const rows = [
    ["PIPELINE", ...columns.map(([head]) => head)],
    ...pipelines.map(({ pipeline, conditions }) => [
      pipeline,
      ...columns.map(([, type]) => cell(conditions.find((condition) => condition.type === type))),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...lines, ...pipelines.flatMap(notes)].join("\n");
}

function cell(condition: Condition | undefined): string {
  if (condition === undefined) return "-";
  return condition.status === "True" && !isWarning(condition) ? "ok" : condition.reason;
}

function notes({ pipeline, conditions }: PipelineStatus): string[] {
  return conditions
    .filter((condition) => condition.status !== "True" || isWarning(condition))
    .map(({ reason, message, since }) => `${pipeline}: ${reason} since ${since}: ${message}`);
}

/** It holds, and there is something to do all the same. */
export function isWarning({ reason }: Condition): boolean {
  return reason === "TLSCertificateAboutToExpire" || reason === "SomeTargetsDown";
}
