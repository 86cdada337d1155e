/** Names what a finding is about, for code that handles it differently from others. Its words are for people only. */
export type FindingCode =
  /** The cluster did not return a Secret. The user's configuration may be right. */
  | "SecretNotRead"
  /** The cluster did not return the monitors of the Prometheus Operator. The user's configuration may be right. */
  | "MonitorsNotRead"
  /** The cluster is not as the configuration requires. It may change while the configuration stays as it is. */
  | "ClusterUnfit"
  /** A Secret or a key in it does not exist, or may not be read. */
  | "SecretMissing"
  | "CertificateExpired"
  | "CertificateAboutToExpire";

/**
 * One thing a user got wrong (or should know), in words that never repeat a value the user gave: any value may be a
 * credential in the wrong place. Names of fields are shown, they are what the path is made of.
 */
export interface Finding {
  readonly severity: "error" | "warning";
  /** Where: `metricPipelines[1].output.otlp.endpoint`, or `FILE#2:spec.output.otlp.endpoint` for the second document of a file. */
  readonly path: string;
  /** The problem, as a clause whose subject is the place: `has no port`. */
  readonly problem: string;
  /** The remedy, as a sentence without its full stop: `Write host:port, such as backend.example.com:4317`. */
  readonly remedy: string;
  readonly code?: FindingCode;
}

const finding =
  (severity: Finding["severity"]) =>
  (path: string, problem: string, remedy: string, code?: FindingCode): Finding => ({
    severity,
    path,
    problem,
    remedy,
    ...(code && { code }),
  });

export const error = finding("error");
export const warning = finding("warning");

export const errorsOf = (findings: readonly Finding[]): Finding[] => findings.filter((f) => f.severity === "error");

export const warningsOf = (findings: readonly Finding[]): Finding[] => findings.filter((f) => f.severity === "warning");

/** One line: `metricPipelines[0].name: is missing. Write it as backend.` */
export function formatFinding({ path, problem, remedy }: Finding): string {
  return `${path}: ${problem}. ${/[.?]$/.test(remedy) ? remedy : `${remedy}.`}`;
}

export type PathKey = string | number;

/** Only keys that read like names are shown, in case a credential was pasted where a key should be. */
const readable = /^[A-Za-z_][\w./-]{0,62}$/;

/** `join("input", ["otlp", "namespaces", 0])` is `input.otlp.namespaces[0]`. */
export function join(base: string, keys: readonly PathKey[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === "number") return `${path}[${key}]`;
    const name = !readable.test(key) ? "[?]" : /[./]/.test(key) ? `["${key}"]` : key;
    return path === "" || path.endsWith(":") || name.startsWith("[") ? path + name : `${path}.${name}`;
  }, base);
}
