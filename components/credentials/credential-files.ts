import { escapeOdd, joinPath, literal } from "../collector/text";
import { normalizePem, outputValues, type OutputValue, type Pipeline, type Pipelines } from "../settings";

/** Where the merged Secret is mounted in gateway and agent. */
export const credentialsFolder = "/credentials";

/** Parts of a pipeline's output that have a file of their own. */
export type CredentialPart = "endpoint" | "headers" | "authentication" | "tls.ca" | "tls.cert" | "tls.key";

export interface CredentialFile {
  /** The key in the merged Secret, and the name of the mounted file. */
  readonly key: string;
  /** What it is made of. */
  readonly values: readonly OutputValue[];
  /** Its text, from those of its values in their order. */
  readonly content: (texts: readonly string[]) => string;
}

/** All files of the merged Secret, in the order of their keys. */
export function credentialFiles({ metric, trace, log }: Pipelines): CredentialFile[] {
  return [...metric, ...trace, ...log].flatMap(filesOf).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The mounted file of one part of a pipeline's output. */
export function credentialFile(pipeline: Pipeline, part: CredentialPart): { file: string } {
  return { file: `${credentialsFolder}/${credentialKey(pipeline, part)}` };
}

/**
 * Names of pipelines have no underscore, so no two pipelines or parts can come to the same key: `a.b` and `a-b` stay
 * two, and so do a metric and a log pipeline of one name.
 */
function credentialKey({ signal, name }: Pipeline, part: CredentialPart): string {
  return `${signal}_${name}_${part}`;
}

function filesOf(pipeline: Pipeline): CredentialFile[] {
  const { endpoint, path, headers, authentication } = pipeline.output.otlp;
  const all = outputValues(pipeline);
  /** Of all values whose field is the part or lies in it; none makes no file. */
  const file = (part: CredentialPart, content: (texts: readonly string[]) => string): CredentialFile[] => {
    const values = all.filter(({ field }) => new RegExp(`^${part}($|[.[])`).test(field));
    return values.length > 0 ? [{ key: credentialKey(pipeline, part), values, content }] : [];
  };
  // A literal address is no credential and stands in the configuration.
  const isSecret = endpoint.kind === "secretKeyRef" || endpoint.plain === undefined;
  const pem = ([text = ""]: readonly string[]): string => normalizePem(text);
  return [
    ...(isSecret ? file("endpoint", ([text = ""]) => literal(path === undefined ? text : joinPath(text, path))) : []),
    ...file("headers", (texts) =>
      settings(
        sorted(
          Object.fromEntries(
            headers.map(({ name, prefix }, i) => [name, prefix ? `${prefix} ${texts[i] ?? ""}` : (texts[i] ?? "")]),
          ),
        ),
      ),
    ),
    ...(authentication?.kind === "basic"
      ? file("authentication", ([username, password]) => settings({ username, password }))
      : []),
    ...(authentication?.kind === "oauth2"
      ? file("authentication", ([token_url, client_id, client_secret]) =>
          settings({
            token_url,
            client_id,
            client_secret,
            ...(authentication.scopes.length > 0 && { scopes: [...authentication.scopes].sort() }),
            ...(Object.keys(authentication.params).length > 0 && { endpoint_params: sorted(authentication.params) }),
          }),
        )
      : []),
    // The collector's own file settings read these, byte for byte.
    ...file("tls.ca", pem),
    ...file("tls.cert", pem),
    ...file("tls.key", pem),
  ];
}

/** The order of headers, scopes and parameters means nothing, and pods should not roll because of it. */
const sorted = (params: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Settings of the collector as the content of a file that one reference in its configuration stands for. The collector
 * takes the content for YAML, so a text that stood there alone could become a number, a map, or an error that keeps
 * all pipelines from starting; in quotes it stays a text. What YAML would take for line breaks is escaped, too.
 */
function settings(value: object): string {
  return escapeOdd(JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? literal(part) : part)));
}
