import { isWarning, type Condition } from "./condition";
import type { PipelineStatus } from "./conditions";
import { conditionTypes, type ConditionType } from "./reasons";

/** Column heads of a table of pipelines, each with the condition type that the column shows. */
export const columns: readonly (readonly [head: string, type: ConditionType])[] = Object.entries(conditionTypes).map(
  ([type, { column }]) => [column, type as ConditionType],
);

/** One line for each pipeline, and below them the messages of all conditions that need attention. */
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
