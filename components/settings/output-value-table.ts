import type { Finding } from "../schema";
import { checkCredential, checkUser, checkEndpoint, checkHeaderValue, checkTokenUrl, type OutputFacts } from "./checks";

/** Parts of a pipeline's output that have their own file in the merged Secret. */
export type CredentialPart = "endpoint" | "headers" | "authentication" | "tls.ca" | "tls.cert" | "tls.key";

/** Place of a text that is checked. */
interface CheckedPlace {
  /** Path in the user's configuration. */
  readonly path: string;
  readonly facts: OutputFacts;
}

/** One value of an output. */
export interface OutputValueRow {
  /** Path below `output.otlp`; `[]` at its end stands for each item of a list. */
  readonly field: string;
  /** An address in the configuration itself is shown. Everything else is secret in the state. */
  readonly kind: "address" | "credential" | "public";
  /** Whether the text is PEM, in which `\n` may stand for a line break; see `normalizePem`. */
  readonly pem?: true;
  readonly file: CredentialPart;
  /** Checks the text by itself, whatever its source. All PEM texts are checked together, see `checkTls`. */
  readonly check?: (text: string, place: CheckedPlace) => Finding[];
}

const on =
  (check: (text: string, path: string) => Finding[]) =>
  (text: string, { path }: CheckedPlace): Finding[] =>
    check(text, path);

/**
 * All values of an output, in the order in which they are checked. Checks, the merged Secret, placeholders, network
 * policies and the facts for the policy pack follow from this table.
 */
export const outputValueTable: readonly OutputValueRow[] = [
  {
    field: "endpoint",
    kind: "address",
    file: "endpoint",
    check: (text, { path, facts }) => checkEndpoint(text, { ...facts, path }),
  },
  { field: "authentication.basic.user", kind: "public", file: "authentication", check: on(checkUser) },
  { field: "authentication.basic.password", kind: "credential", file: "authentication", check: on(checkCredential) },
  { field: "authentication.oauth2.tokenURL", kind: "address", file: "authentication", check: on(checkTokenUrl) },
  { field: "authentication.oauth2.clientID", kind: "public", file: "authentication", check: on(checkCredential) },
  {
    field: "authentication.oauth2.clientSecret",
    kind: "credential",
    file: "authentication",
    check: on(checkCredential),
  },
  {
    field: "headers[]",
    kind: "credential",
    file: "headers",
    check: (text, { path, facts }) => checkHeaderValue(text, path, facts.protocol),
  },
  { field: "tls.ca", kind: "public", pem: true, file: "tls.ca" },
  { field: "tls.cert", kind: "public", pem: true, file: "tls.cert" },
  { field: "tls.key", kind: "credential", pem: true, file: "tls.key" },
];

/** A value of one output, whatever the source of its text. */
export interface OutputField<Value> {
  readonly row: OutputValueRow;
  /** Unique in the output: `endpoint`, `headers[0]`, `tls.ca`, `authentication.basic.user`, …. */
  readonly field: string;
  readonly value: Value;
}

/** Returns the values that are set in an output, as it was written or with defaults applied. */
export function outputFields<Value>(otlp: object): OutputField<Value>[] {
  return outputValueTable.flatMap((row): OutputField<Value>[] => {
    const [, path = "", list] = /^(.*?)(\[\])?$/.exec(row.field) ?? [];
    const found = path
      .split(".")
      .reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], otlp);
    const items = list === undefined ? [found] : ((found ?? []) as readonly unknown[]);
    return items.flatMap((value, index) =>
      value === undefined
        ? []
        : [{ row, field: list === undefined ? path : `${path}[${index}]`, value: value as Value }],
    );
  });
}
