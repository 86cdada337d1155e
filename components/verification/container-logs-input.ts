import { containerLogReceiver } from "../inputs";
import { condition, type Judged } from "./condition";
import type { PodData } from "./data-evidence";
import { linesRead, linesSplit, noLinesRead } from "./container-log-words";
import type { LongLine } from "./input-evidence";
import type { PipelineTarget } from "./targets";

const type = "InputsHealthy";

/** Judges the container logs of a pipeline; nothing if it takes none, or no log agent was read. */
export function judgeContainerLogs(
  target: PipelineTarget,
  all: readonly PodData[],
  longLines: readonly LongLine[] = [],
): Judged[] {
  if (!target.containerLogs) return [];
  const read = all
    .filter(({ collector }) => target.collectors.includes(collector))
    .flatMap(({ containerLogs }) => containerLogs ?? []);
  if (read.length === 0) return [];
  const receiver = containerLogReceiver(target);
  const records = read.reduce((sum, one) => sum + (one.records[receiver] ?? 0), 0);
  const openFiles = read.reduce((sum, one) => sum + one.openFiles, 0);
  if (records === 0) return [condition(type, "NoLinesRead", noLinesRead(target, openFiles))];
  const split = longLines.filter((one) => one.receiver === receiver).map(({ container }) => container);
  return split.length === 0
    ? [condition(type, "InputsHealthy", linesRead(records))]
    : [condition(type, "LinesSplit", `${linesRead(records)} ${linesSplit(split)}`)];
}
