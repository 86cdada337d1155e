/**
 * What is known about an output when its texts are checked: all of it after parsing, less of it while other fields are
 * faulty. What is not known is `undefined`, and no rule that needs it applies.
 */
export interface OutputFacts {
  /** Where the output stands: `metricPipelines[0].output.otlp`. */
  readonly path: string;
  readonly protocol?: "grpc" | "http";
  /** Whether the user set `path`, which replaces `/v1/metrics` and its like. */
  readonly ownPath?: boolean;
  readonly authentication?: "basic" | "oauth2";
  readonly insecure?: boolean;
  /** Which of `ca`, `cert` and `key` are set. */
  readonly tlsMaterial: readonly TlsMaterial[];
  readonly headers: readonly HeaderFacts[];
}

export interface HeaderFacts {
  readonly name?: string;
  /** What stands before the value. */
  readonly prefix?: string;
}

export const tlsMaterials = ["ca", "cert", "key"] as const;
export type TlsMaterial = (typeof tlsMaterials)[number];

/**
 * Texts of an output's values as far as they are known, by the path of the value below `output.otlp`: `endpoint`,
 * `tls.ca`, `headers[0]`, `authentication.basic.user`, ….
 */
export type OutputTexts = ReadonlyMap<string, string>;
