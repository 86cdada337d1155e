import { escapeOdd, joinPath, literal } from "../collector";
import { credentialsFolder, signals } from "../contract";
import { normalizePem } from "../schema";
import { outputValues, type CredentialPart, type OutputValue, type Pipeline, type Value } from "../settings";

export interface CredentialFile {
  /** The key in the merged Secret, and the name of the mounted file. */
  readonly key: string;
  /** What it is made of. */
  readonly values: readonly OutputValue[];
  /** Its text, from those of its values in their order. */
  readonly content: (texts: readonly string[]) => string;
}

/** All files of the merged Secret, in the order of their keys. */
export function credentialFiles(pipelines: readonly Pipeline[]): CredentialFile[] {
  return pipelines.flatMap(filesOf).sort((a, b) => (a.key < b.key ? -1 : 1));
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
  return `${signals[signal].noun}_${name}_${part}`;
}

function filesOf(pipeline: Pipeline): CredentialFile[] {
  const all = outputValues(pipeline);
  return [...new Set(all.map(({ row }) => row.file))].flatMap((part) => {
    const values = all.filter(({ row }) => row.file === part);
    const isShown = values.every(({ row, value }) => row.kind === "address" && isPlain(value));
    // A literal address is no credential and stands in the configuration.
    return isShown ? [] : [{ key: credentialKey(pipeline, part), values, content: contentOf(pipeline, part) }];
  });
}

const isPlain = (value: Value): boolean => value.kind === "literal" && value.plain !== undefined;

/** The text of a part's file, from the texts of its values. */
function contentOf({ output: { otlp } }: Pipeline, part: CredentialPart): CredentialFile["content"] {
  const { path, headers, authentication } = otlp;
  switch (part) {
    case "endpoint":
      return ([text = ""]) => literal(path === undefined ? text : joinPath(text, path));
    case "headers":
      return (texts) =>
        settings(
          sorted(
            Object.fromEntries(
              headers.map(({ name, prefix }, i) => [name, prefix ? `${prefix} ${texts[i] ?? ""}` : (texts[i] ?? "")]),
            ),
          ),
        );
    case "authentication": {
      const { oauth2 } = authentication;
      if (oauth2 === undefined) return ([username, password]) => settings({ username, password });
      return ([token_url, client_id, client_secret]) =>
        settings({
          token_url,
          client_id,
          client_secret,
          ...(oauth2.scopes.length > 0 && { scopes: [...oauth2.scopes].sort() }),
          ...(Object.keys(oauth2.params).length > 0 && { endpoint_params: sorted(oauth2.params) }),
        });
    }
    case "tls.ca":
    case "tls.cert":
    case "tls.key":
      // The collector's own file settings read these, byte for byte.
      return ([text = ""]) => normalizePem(text);
  }
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
