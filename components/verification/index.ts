/** Verification: whether the backends of all pipelines accept data, and the conditions that people read. */

import type { check } from "./check";
import type { connect } from "./cluster";
import type { pipelineReport as report } from "./report";

export { causeWords, type Cause } from "./cause-words";
export { condition, isWarning, type Condition, type Judged, type ReasonOf } from "./condition";
export type { PipelineStatus } from "./conditions";
export type { ExporterCounters } from "./counters";
export { conditionStatuses, conditionTypes, reasonRow, reasons, type ConditionType } from "./reasons";
export type { FlowSample } from "./samples";
export type { CheckRequest } from "./report";
export type { RolloutRequest } from "./await-rollout";
export { statusRequest } from "./status-request";
export { columns, statusTable } from "./table";
export type { FlowTargets, PipelineTarget } from "./targets";
export type { WantedInputs } from "./input-status";

interface Check {
  readonly check: typeof check;
  readonly connect: typeof connect;
}

/** Loads the check on demand, because its Kubernetes client takes more than a second to load. */
export async function loadCheck(): Promise<Check> {
  const [checking, cluster] = await Promise.all([import("./check"), import("./cluster")]);
  return { check: checking.check, connect: cluster.connect };
}

/** Checks all pipelines and returns their conditions; loaded on demand, like `loadCheck`. */
export const pipelineReport: typeof report = async (request, watching) =>
  (await import("./report")).pipelineReport(request, watching);
