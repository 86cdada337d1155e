import type { Condition, PipelineStatus } from "../../components/verification";

/** A condition whose status or reason changed. */
export interface ConditionChange {
  readonly pipeline: string;
  readonly condition: Condition;
}

/** Returns the conditions that changed. New conditions count only if they are False. */
export function changedConditions(
  before: readonly PipelineStatus[],
  after: readonly PipelineStatus[],
): ConditionChange[] {
  return after.flatMap(({ pipeline, conditions }) => {
    const old = before.find((status) => status.pipeline === pipeline)?.conditions ?? [];
    return conditions
      .filter((condition) => {
        const was = old.find(({ type }) => type === condition.type);
        if (was === undefined) return condition.status === "False";
        return was.status !== condition.status || was.reason !== condition.reason;
      })
      .map((condition) => ({ pipeline, condition }));
  });
}
