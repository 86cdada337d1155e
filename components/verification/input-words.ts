/** Messages about the inputs of a pipeline. */

import { examples } from "./examples";
import type { KubeletReading, ScrapedTarget } from "./input-evidence";

export function targetsPending(input: string, targets: number): string {
  return `${input}: ${targets} targets, none scraped yet.`;
}

interface TargetCounts {
  readonly up: number;
  readonly of: number;
  readonly down: readonly ScrapedTarget[];
  /** Addresses that are scraped more than once. */
  readonly repeated: readonly string[];
}

export function targetsUp(input: string, { up, of, down, repeated }: TargetCounts): string {
  const clauses = [
    `${input}: ${up} of ${of} targets up`,
    ...(down.length > 0 ? [`down: ${list(down.map(describe))}`] : []),
    ...(repeated.length > 0 ? [`scraped more than once: ${list(repeated)}`] : []),
  ];
  return `${clauses.join("; ")}.${down.map(({ error }) => help(error)).find(Boolean) ?? ""}`;
}

export function nothingScraped(input: string, why: string): string {
  return `${input}: ${why}.`;
}

export function kubeletsUnreachable(
  input: string,
  silent: readonly KubeletReading[],
  of: number,
  remedy: (error: string) => string,
): string {
  const [{ error = "" } = {}] = silent;
  const pods = list(silent.map(({ pod }) => pod));
  const which = `${input}: ${silent.length} of ${of} kubelets cannot be read (${pods})`;
  return `${which}: ${shortened(error)}. ${remedy(error)}`.trimEnd();
}

export function kubeletsRead(input: string, answering: number, of: number): string {
  return `${input}: ${answering} of ${of} kubelets read.`;
}

/** Errors of Prometheus' scraper. */
const targetHelp: readonly (readonly [RegExp, string])[] = [
  [
    /limit exceeded/,
    "Responses that are too large are dropped completely: metric.prometheus.limits raises the limits.",
  ],
];

function help(error: string): string {
  const found = targetHelp.find(([pattern]) => pattern.test(error));
  return found ? ` ${found[1]}` : "";
}

const describe = ({ namespace = "", pod = "", url, error }: ScrapedTarget): string =>
  `${pod === "" ? url : `${namespace}/${pod}`} (${shortened(error)})`;

/** The scraper repeats the address, which the message has already. */
const shortened = (error: string): string => error.replace(/^Get "[^"]*": /, "").slice(0, 160);

const list = (texts: readonly string[]): string => examples([...texts].sort());
