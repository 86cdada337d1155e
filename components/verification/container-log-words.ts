/** Messages about the container logs of a pipeline. */

import { longestLine } from "../inputs";
import { examples } from "./examples";
import type { PipelineTarget } from "./targets";

export function linesRead(records: number): string {
  return `runtime: the log agents have read ${records} lines for this pipeline since their pods started.`;
}

/** `containers` has one entry for each part of a line. */
export function linesSplit(containers: readonly string[]): string {
  const times = containers.length === 1 ? "once" : `${containers.length} times`;
  return (
    `In the last hour, lines exceeded ${longestLine / 1024 / 1024} MiB ${times} or more, and were split into several ` +
    `records. They are lines of: ${examples([...new Set(containers)].sort())}. Let these containers write shorter lines.`
  );
}

export function noLinesRead({ path }: PipelineTarget, openFiles: number): string {
  return (
    "runtime: the log agents have read no line for this pipeline since their pods started. They have " +
    `${openFiles} files open for all pipelines. Check ${path}.input.runtime.namespaces and ` +
    `${path}.input.runtime.containers, and that containers write lines.`
  );
}
