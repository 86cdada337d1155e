import type { Protocol } from "../../collector";

/**
 * Facts about an output that are known when its texts are checked: all after parsing, fewer while other fields are
 * faulty. An unknown fact is `undefined`, and no rule that needs it applies.
 */
export interface OutputFacts {
  /** Place of the output: `metricPipelines[0].output.otlp`. */
  readonly path: string;
  readonly protocol?: Protocol;
  /** Whether the user set `path`, which replaces `/v1/metrics` and its like. */
  readonly ownPath?: boolean;
  readonly authentication?: "basic" | "oauth2";
  readonly insecure?: boolean;
  /** Which of `ca`, `cert` and `key` are set. */
  readonly tlsMaterial: readonly string[];
  readonly headers: readonly HeaderFacts[];
}

export interface HeaderFacts {
  readonly name?: string;
  /** Prefix of the value. */
  readonly prefix?: string;
}

/** An output, as far as facts are taken from it: as it was written, or with defaults applied. */
interface KnownOutput {
  readonly protocol?: Protocol;
  readonly path?: string;
  readonly authentication?: { readonly basic?: unknown; readonly oauth2?: unknown };
  readonly tls?: {
    readonly insecure?: boolean;
    readonly ca?: unknown;
    readonly cert?: unknown;
    readonly key?: unknown;
  };
  readonly headers?: readonly (HeaderFacts | undefined)[];
}

export function outputFacts(
  { protocol, path, authentication, tls, headers = [] }: KnownOutput,
  at: string,
): OutputFacts {
  return {
    path: at,
    protocol,
    ownPath: path !== undefined,
    authentication: authentication?.basic ? "basic" : authentication?.oauth2 ? "oauth2" : undefined,
    insecure: tls?.insecure,
    tlsMaterial: (["ca", "cert", "key"] as const).filter((name) => tls?.[name] !== undefined),
    headers: headers.map((header) => ({ name: header?.name, prefix: header?.prefix })),
  };
}

/**
 * Texts of an output's values as far as they are known, by the path of the value below `output.otlp`: `endpoint`,
 * `tls.ca`, `headers[0]`, `authentication.basic.user`, ….
 */
export type OutputTexts = ReadonlyMap<string, string>;
