import { normalizePem, outputValues, type OutputValue, type Pipeline, type Pipelines } from "../pipelines";

/** Where the merged Secret is mounted in gateway and agent. */
export const credentialsFolder = "/credentials";

/** A value of a pipeline that is kept in the merged Secret. */
export interface Credential extends OutputValue {
  /** The key in the merged Secret, and the name of the mounted file. */
  readonly key: string;
  readonly pipeline: Pipeline;
}

/** Everything of these pipelines that belongs into the merged Secret, in the order of its keys. */
export function credentialsOf({ metric, trace, log }: Pipelines): Credential[] {
  return [...metric, ...trace, ...log]
    .flatMap((pipeline) =>
      outputValues(pipeline)
        // A literal address is no credential and stands in the configuration.
        .filter(({ value }) => value.kind === "secretKeyRef" || value.plain === undefined)
        .map((value) => ({ ...value, pipeline, key: credentialKey(pipeline, value.field) })),
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The mounted file of a credential, by its field below `output.otlp`. */
export function credentialFile(pipeline: Pipeline, field: string): { file: string } {
  return { file: `${credentialsFolder}/${credentialKey(pipeline, field)}` };
}

/**
 * Names of pipelines have no underscore, so no two pipelines or fields can come to the same key: `a.b` and `a-b` stay
 * two, and so do a metric and a log pipeline of one name.
 */
function credentialKey({ signal, name }: Pipeline, field: string): string {
  return `${signal}_${name}_${field.replace(/\[(\d+)\]/g, ".$1")}`;
}

/**
 * The bytes of the mounted file. PEM is read by the collector's own file settings, byte for byte. Other values are
 * read through a reference in its configuration, which expands what it finds once more: `$` is doubled for that.
 */
export function fileContent({ pem }: Pick<OutputValue, "pem">, text: string): string {
  return pem ? normalizePem(text) : text.replaceAll("$", "$$$$");
}
