import { signals } from "../contract";
import { outputValues, type Pipeline } from "../settings";

/** A credential whose text somebody wrote in the configuration, by its place; the text itself is not told. */
export interface WrittenCredential {
  /** `metricPipelines[backend].output.otlp.headers[x-api-key]`: by names, which stay when the order changes. */
  readonly path: string;
  /** Name of the header, when it is one: not every header holds a credential. */
  readonly header?: string;
}

/**
 * Credentials that stand in the configuration, encrypted or not, instead of in a Secret of the cluster. Policies
 * cannot see a stack's configuration, so the merged Secret names them. Users, client ids and certificates are none.
 */
export function writtenCredentials(pipelines: readonly Pipeline[]): WrittenCredential[] {
  const written = pipelines.flatMap((pipeline) =>
    outputValues(pipeline).flatMap(({ row, field, value }): WrittenCredential[] => {
      if (row.kind !== "credential" || value.kind !== "literal" || !value.written) return [];
      const output = `${signals[pipeline.signal].pipelines}[${pipeline.name}].output.otlp`;
      const header = pipeline.output.otlp.headers.find((_, i) => field === `headers[${i}]`)?.name;
      return [header === undefined ? { path: `${output}.${field}` } : { path: `${output}.headers[${header}]`, header }];
    }),
  );
  return written.sort((a, b) => (a.path < b.path ? -1 : 1));
}
