import { error, type Finding } from "../../schema";
import type { Signal } from "../../contract";

export interface NamedPipeline {
  readonly signal: Signal;
  readonly name?: string;
  /** Place of the name. */
  readonly path: string;
}

/** Two pipelines of one signal never share a name; `a.b` and `a-b` are two names. */
export function checkUniqueNames(pipelines: readonly NamedPipeline[]): Finding[] {
  const first = new Map<string, NamedPipeline>();
  return pipelines.flatMap((pipeline) => {
    if (pipeline.name === undefined) return [];
    const id = `${pipeline.signal}/${pipeline.name}`;
    const other = first.get(id);
    if (!other) first.set(id, pipeline);
    return other ? [error(pipeline.path, `is the same as ${other.path}`, "Give one of them another name")] : [];
  });
}
