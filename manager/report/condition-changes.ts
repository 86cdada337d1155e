import type { Condition, PipelineStatus } from "../../components/verification";

/** A condition that is not what it was. */
export interface ConditionChange {
  readonly pipeline: string;
  readonly condition: Condition;
}

/** What has changed for the better or the worse; conditions that were never seen before count only when they are bad. */
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
