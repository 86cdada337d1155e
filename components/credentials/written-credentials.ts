import { signals } from "../contract";
import { isOddPrefix, outputValues, type Pipeline, type TargetToken } from "../settings";

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
 * and certificates do not count as credentials. A prefix counts unless it is the name of a known scheme.
 */
export function writtenCredentials(
  pipelines: readonly Pipeline[],
  tokens: readonly TargetToken[] = [],
): WrittenCredential[] {
  const texts = pipelines.flatMap((pipeline) =>
    outputValues(pipeline).flatMap(({ row, field, value }): WrittenCredential[] => {
      if (row.kind !== "credential" || value.kind !== "literal" || !value.written) return [];
      const output = outputPath(pipeline);
      const header = pipeline.output.otlp.headers.find((_, i) => field === `headers[${i}]`)?.name;
      return [header === undefined ? { path: `${output}.${field}` } : { path: `${output}.headers[${header}]`, header }];
    }),
  );
  const prefixes = pipelines.flatMap((pipeline) =>
    pipeline.output.otlp.headers
      .filter(({ prefix }) => isOddPrefix(prefix))
      .map(({ name }) => ({ path: `${outputPath(pipeline)}.headers[${name}].prefix`, header: name })),
  );
  const ofTargets = tokens.flatMap(({ id, value }): WrittenCredential[] =>
    value.kind === "literal" && value.written ? [{ path: `metric.prometheus.bearerTokens[${id}].token` }] : [],
  );
  return [...texts, ...prefixes, ...ofTargets].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const outputPath = ({ signal, name }: Pipeline): string => `${signals[signal].pipelines}[${name}].output.otlp`;
