import { mostObjectBytes } from "../contract";
import type { Finding } from "../schema";
import type { PipelineModel } from "../collector";

/**
 * Reports configurations that exceed the size limit of a ConfigMap. The finding names the pipeline with the longest
 * transforms and filters, because nothing else that users write gets so long.
 */
export function sizeFindings(configurations: readonly string[], pipelines: readonly PipelineModel[]): Finding[] {
  const largest = Math.max(0, ...configurations.map((text) => Buffer.byteLength(text)));
  const [longest] = [...pipelines].sort((a, b) => lengthOf(b) - lengthOf(a));
  if (largest <= mostObjectBytes || longest === undefined) return [];
  const problem = `is the longest part of a collector configuration of ${largest} bytes, and a ConfigMap holds ${mostObjectBytes}`;
  return [{ severity: "error", path: longest.path, problem, remedy: "Shorten its transforms and filters" }];
}

const lengthOf = ({ transform, filter }: PipelineModel): number => JSON.stringify([transform, filter]).length;
