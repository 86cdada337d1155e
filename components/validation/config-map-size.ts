import { mostObjectBytes, signalNames, signals } from "../contract";
import { error, type Finding } from "../schema";
import type { PipelineModel } from "../collector";

/**
 * Reports configurations that exceed the size limit of a ConfigMap. The finding names the pipeline with the longest
 * transforms and filters, or all pipelines if their transforms and filters are not what is too long.
 */
export function sizeFindings(configurations: readonly string[], pipelines: readonly PipelineModel[]): Finding[] {
  const largest = Math.max(0, ...configurations.map((text) => Buffer.byteLength(text)));
  const [longest] = [...pipelines].sort((a, b) => lengthOf(b) - lengthOf(a));
  const excess = largest - mostObjectBytes;
  if (excess <= 0 || longest === undefined) return [];
  const limit = `of ${largest} bytes, and a ConfigMap holds ${mostObjectBytes}`;
  if (pipelines.reduce((sum, one) => sum + lengthOf(one), 0) < excess) {
    const problem = `is the longest list of pipelines in a collector configuration ${limit}`;
    return [error(largestList(pipelines), problem, "Serve some of the pipelines by another stack")];
  }
  const others = lengthOf(longest) < excess ? ", and those of other pipelines" : "";
  const problem = `has the longest transforms and filters in a collector configuration ${limit}`;
  return [error(longest.path, problem, `Shorten them${others}`)];
}

/** Length of the transforms and filters; 0 without any. */
const lengthOf = ({ transform, filter }: PipelineModel): number =>
  [...transform, ...filter].reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);

/** Returns the list that has the most pipelines, as users write it. */
function largestList(pipelines: readonly PipelineModel[]): string {
  const count = (signal: string): number => pipelines.filter((one) => one.signal === signal).length;
  const [most] = [...signalNames].sort((a, b) => count(b) - count(a));
  return signals[most ?? "metrics"].pipelines;
}
