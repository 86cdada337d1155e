/** Verification: whether the backends of all pipelines accept data, and the conditions that people read. */

export { causeWords, type Cause } from "./cause-words";
export { condition, isWarning, type Condition, type Judged, type Reason, type ReasonOf } from "./condition";
export type { PipelineStatus } from "./conditions";
export type { ExporterCounters } from "./counters";
export { conditionStatuses, conditionTypes, reasonRow, reasons, type ConditionType } from "./reasons";
export type { CheckRequest } from "./report";
export type { FlowSample, Watching } from "./samples";
export { statusRequest } from "./status-request";
export { columns, statusTable } from "./table";
export { pipelineId, type CollectorKind, type FlowTargets, type PipelineTarget } from "./targets";

type Check = Pick<typeof import("./check"), "check"> & Pick<typeof import("./cluster"), "connect">;

/** Loads the check on demand, because its Kubernetes client takes more than a second to load. */
export async function loadCheck(): Promise<Check> {
  const [{ check }, { connect }] = await Promise.all([import("./check"), import("./cluster")]);
  return { check, connect };
}

/** Checks all pipelines and returns their conditions; loaded on demand, like `loadCheck`. */
export const pipelineReport: typeof import("./report").pipelineReport = async (request, watching) =>
  (await import("./report")).pipelineReport(request, watching);
