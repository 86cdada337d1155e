import { outputValues, type Pipelines } from "../settings";

/** A credential whose text somebody wrote in the configuration, by its place; the text itself is not told. */
export interface WrittenCredential {
  /** `metricPipelines[backend].output.otlp.headers[x-api-key]`: by names, which stay when the order changes. */
  readonly path: string;
  /** Name of the header, when it is one: not every header holds a credential. */
  readonly header?: string;
}

const credentialFields =
  /^(?:headers\[(\d+)\]|authentication\.basic\.password|authentication\.oauth2\.clientSecret|tls\.key)$/;

/**
 * Credentials that stand in the configuration, encrypted or not, instead of in a Secret of the cluster. Policies
 * cannot see a stack's configuration, so the merged Secret tells them. Users, client ids and certificates are none.
 */
export function writtenCredentials({ metric, trace, log }: Pipelines): WrittenCredential[] {
  const written = [...metric, ...trace, ...log].flatMap((pipeline) =>
    outputValues(pipeline).flatMap(({ field, value }): WrittenCredential[] => {
      const match = credentialFields.exec(field);
      if (!match || value.kind !== "literal" || !value.written) return [];
      const header = match[1] === undefined ? undefined : pipeline.output.otlp.headers[Number(match[1])]?.name;
      const output = `${pipeline.signal}Pipelines[${pipeline.name}].output.otlp`;
      return [header === undefined ? { path: `${output}.${field}` } : { path: `${output}.headers[${header}]`, header }];
    }),
  );
  return written.sort((a, b) => (a.path < b.path ? -1 : 1));
}
