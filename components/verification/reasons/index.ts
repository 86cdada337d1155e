/** The table of reasons: one file for each group of condition types, with every reason written out. */
import { configurationReasons } from "./configuration-reasons";
import { dataReasons } from "./data-reasons";
import { flowReasons } from "./flow-reasons";
import { inputReasons } from "./input-reasons";
import type { ConditionType } from "./reason-row";
import { workloadReasons } from "./workload-reasons";

export { conditionStatuses, conditionTypes, type ConditionType } from "./reason-row";

/**
 * Every reason of every condition. A reason that two types share has a row for each type, and a reason with two
 * statuses has a row for each status. Types, pages and tables derive from these rows; see `condition`.
 */
export const reasons = [
  ...configurationReasons,
  ...workloadReasons,
  ...inputReasons,
  ...dataReasons,
  ...flowReasons,
] as const;

type Row = (typeof reasons)[number];

/** Returns the row of a reason; the first one if the table has the reason with two statuses and none is given. */
export function reasonRow(type: ConditionType, reason: string, status?: string): Row | undefined {
  return reasons.find(
    (row) => row.type === type && row.reason === reason && (status === undefined || row.status === status),
  );
}
