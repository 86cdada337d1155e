import { escapeOdd, joinPath, literal } from "../collector";
import { credentialsFolder, signals } from "../contract";
import { normalizePem } from "../schema";
import { outputValues, type CredentialPart, type Pipeline, type TargetToken, type Value } from "../settings";

/** A value that is part of a file, with its place in the user's configuration. */
interface FileValue {
  readonly path: string;
  readonly value: Value;
  readonly isAddress: boolean;
}

export interface CredentialFile {
  /** The key in the merged Secret, and the name of the mounted file. */
  readonly key: string;
  /** The values that the file is made of. */
  readonly values: readonly FileValue[];
  /** Makes the file's text from the texts of its values, in their order. */
  readonly content: (texts: readonly string[]) => string;
}

/** Returns all files of the merged Secret, in the order of their keys. */
export function credentialFiles(pipelines: readonly Pipeline[], tokens: readonly TargetToken[] = []): CredentialFile[] {
  return [...pipelines.flatMap(filesOf), ...tokens.map(tokenFile)].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The scraper reads the token from the file as it is. */
const tokenFile = ({ key, path, value }: TargetToken): CredentialFile => ({
  key,
  values: [{ path, value, isAddress: false }],
  content: ([text = ""]) => text,
});

/** Returns the path of the mounted file of one part of a pipeline's output. */
export function credentialFile(pipeline: Pipeline, part: CredentialPart): { file: string } {
  return { file: `${credentialsFolder}/${credentialKey(pipeline, part)}` };
}

/** Returns the files that these configurations reference, so that a Secret has nothing that its collectors do not read. */
export function referencedFiles<T>(
  files: Readonly<Record<string, T>>,
  configurations: readonly string[],
): Record<string, T> {
  const path = new RegExp(`${credentialsFolder}/([\\w.-]+)`, "g");
  const keys = new Set(configurations.flatMap((text) => [...text.matchAll(path)].map(([, key]) => key)));
  return Object.fromEntries(Object.entries(files).filter(([key]) => keys.has(key)));
}

/**
 * Makes the key of a part. Names of pipelines have no underscore, so two pipelines or parts never share a key: `a.b`
 * and `a-b` stay apart, and so do a metric and a log pipeline with the same name. Tokens of targets start with another word.
 */
function credentialKey({ signal, name }: Pipeline, part: CredentialPart): string {
  return `${signals[signal].noun}_${name}_${part}`;
}

function filesOf(pipeline: Pipeline): CredentialFile[] {
  const all = outputValues(pipeline);
  return [...new Set(all.map(({ row }) => row.file))].flatMap((part) => {
    const values = all.filter(({ row }) => row.file === part);
    const isShown = values.every(({ row, value }) => row.kind === "address" && isPlain(value));
    // A literal address is not a credential and stands in the configuration.
    if (isShown) return [];
    const parts = values.map(({ path, value, row }) => ({ path, value, isAddress: row.kind === "address" }));
    return [{ key: credentialKey(pipeline, part), values: parts, content: contentOf(pipeline, part) }];
  });
}

const isPlain = (value: Value): boolean => value.kind === "literal" && value.plain !== undefined;

/** Returns the function that makes the text of a part's file from the texts of its values. */
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

/** Sorts by name: the order of headers, scopes and parameters has no effect and must not roll pods. */
const sorted = (params: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Writes settings of the collector as the content of a file that its configuration references. The collector parses the
 * content as YAML. Without quotes, a text could become a number, a map, or an error that keeps all pipelines from
 * starting. In quotes it stays a text. Characters that YAML reads as line breaks are escaped, too.
 */
function settings(value: object): string {
  return escapeOdd(JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? literal(part) : part)));
}
