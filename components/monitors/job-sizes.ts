import { goRegexSize } from "./go-regex";

/** The room that scrape jobs take in the agents' configuration and memory. */
export interface JobSize {
  /** About as many bytes of YAML as they take. */
  readonly bytes: number;
  /** Keys and values, each as often as an alias stands for it. */
  readonly values: number;
  /** About as many instructions as the agents make of all regular expressions. Equal ones are not shared. */
  readonly instructions: number;
  /** Parts that a long configuration has once, however many jobs have them. */
  readonly parts: ReadonlySet<string>;
}

/** Column of a job's fields in the configuration. */
const jobColumn = 10;
/** Bytes of an alias of an equal part. */
const aliasBytes = 6;
/** Characters of JSON from which equal parts are aliases. */
const leastShared = 40;

/** Returns the size of jobs beside others, which have these parts. */
export function sizeOfJobs(jobs: readonly object[], known: ReadonlySet<string> = new Set()): JobSize {
  const parts = new Set<string>();
  const bytesOf = (value: unknown, column: number): number => {
    const text = JSON.stringify(value) ?? "";
    // Few texts need quotes.
    if (typeof value === "string") return Buffer.byteLength(text) - 2;
    if (typeof value !== "object" || value === null) return text.length;
    if (known.has(text) || parts.has(text)) return aliasBytes;
    if (text.length >= leastShared) parts.add(text);
    // Each entry has a line with a key and a colon, or with a hyphen.
    return Object.entries(value)
      .map(([key, part]) => column + (Array.isArray(value) ? 1 : key.length) + 3 + bytesOf(part, column + 2))
      .reduce((sum, one) => sum + one, 0);
  };
  return {
    bytes: jobs.reduce<number>((sum, job) => sum + bytesOf(job, jobColumn), 0),
    values: jobs.reduce<number>((sum, job) => sum + valuesOf(job), 0),
    instructions: jobs.reduce<number>((sum, job) => sum + instructionsOf(job), 0),
    parts,
  };
}

type Rules = readonly { readonly regex?: string }[];

interface WithRules {
  readonly relabel_configs?: Rules;
  readonly metric_relabel_configs?: Rules;
}

function instructionsOf({ relabel_configs: ofTarget = [], metric_relabel_configs: ofMetrics = [] }: WithRules): number {
  // The collector has turned two dollars into one before.
  return [...ofTarget, ...ofMetrics].reduce(
    (sum, { regex }) => sum + (regex === undefined ? 0 : goRegexSize(regex.replaceAll("$$", "$"))),
    0,
  );
}

function valuesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  const keys = Array.isArray(value) ? 0 : Object.keys(value).length;
  return 1 + keys + Object.values(value).reduce<number>((sum, part) => sum + valuesOf(part), 0);
}
