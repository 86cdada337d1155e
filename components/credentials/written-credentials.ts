import { signals } from "../contract";
import { outputValues, type Pipeline } from "../settings";

/** The place of a credential whose text stands in the configuration. It never holds the text itself. */
export interface WrittenCredential {
  /** Path by names, which do not depend on order: `metricPipelines[backend].output.otlp.headers[x-api-key]`. */
  readonly path: string;
  /** Name of the header, if the place is a header: not every header holds a credential. */
  readonly header?: string;
}

/**
 * Returns the credentials that stand in the configuration, encrypted or not, instead of in a Secret of the cluster.
 * Policies cannot read a stack's configuration, so the merged Secret names these credentials. User names, client ids
 * and certificates do not count as credentials.
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
