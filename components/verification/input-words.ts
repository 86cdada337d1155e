/** Messages about the inputs of a pipeline. */

import type { KubeletReading, ScrapedTarget, ScrapingInput } from "./input-status";

/** How many examples a message names. */
const namedExamples = 3;

export function targetsPending(input: ScrapingInput, targets: number): string {
  return `${input}: ${targets} targets, none scraped yet.`;
}

interface TargetCounts {
  readonly up: number;
  readonly of: number;
  readonly down: readonly ScrapedTarget[];
  /** Addresses that are scraped more than once. */
  readonly repeated: readonly string[];
}

export function targetsUp(input: ScrapingInput, { up, of, down, repeated }: TargetCounts): string {
  const clauses = [
    `${input}: ${up} of ${of} targets up`,
    ...(down.length > 0 ? [`down: ${list(down.map(describe))}`] : []),
    ...(repeated.length > 0 ? [`scraped more than once: ${list(repeated)}`] : []),
  ];
  return `${clauses.join("; ")}.${down.map(({ error }) => help(targetHelp, error)).find(Boolean) ?? ""}`;
}

export function annotatedNotScraped(expected: number): string {
  return (
    `prometheus: no target is scraped, although ${expected} Pods and Services in its namespaces are annotated. ` +
    "Check that prometheus.io/port is one of their ports, that Pods without it declare a TCP port, " +
    "and that their pods run on nodes with an agent."
  );
}

const nothingFound: Readonly<Record<ScrapingInput, string>> = {
  prometheus: 'no Pod or Service in its namespaces is annotated with prometheus.io/scrape: "true"',
  istio: "no proxy of a mesh runs in its namespaces",
  "api-server": "no address of the API server was found",
};

export function nothingToScrape(input: ScrapingInput): string {
  return `${input}: ${nothingFound[input]}.`;
}

export function kubeletsUnreachable(silent: readonly KubeletReading[], of: number): string {
  const [{ error = "" } = {}] = silent;
  const pods = list(silent.map(({ pod }) => pod));
  const which = `runtime: ${silent.length} of ${of} kubelets cannot be read (${pods})`;
  return `${which}: ${shortened(error)}.${help(kubeletHelp, error)}`;
}

export function kubeletsRead(answering: number, of: number): string {
  return `runtime: ${answering} of ${of} kubelets read.`;
}

/** Parts of foreign errors, each with the sentence that helps. */
type Help = readonly (readonly [RegExp, string])[];

/** Errors of the kubelet's receiver, which are Go's. */
const kubeletHelp: Help = [
  [
    /x509|certificate/,
    "If the kubelets sign their own certificates, set metric.runtime.kubelet.insecureSkipVerify: true.",
  ],
  // Go's error for an IPv6 address without brackets.
  [/invalid port .* after host/, "The nodes have IPv6 addresses: set metric.runtime.kubelet.ipFamily: IPv6."],
  // Go's error for an IPv4 address in brackets.
  [/invalid IP-literal/, "The nodes have IPv4 addresses: set metric.runtime.kubelet.ipFamily: IPv4."],
];

/** Errors of Prometheus' scraper. */
const targetHelp: Help = [
  [
    /limit exceeded/,
    "Responses that are too large are dropped completely: metric.prometheus.limits raises the limits.",
  ],
];

function help(table: Help, error: string): string {
  const found = table.find(([pattern]) => pattern.test(error));
  return found ? ` ${found[1]}` : "";
}

const describe = ({ namespace = "", pod = "", url, error }: ScrapedTarget): string =>
  `${pod === "" ? url : `${namespace}/${pod}`} (${shortened(error)})`;

/** The scraper repeats the address, which the message has already. */
const shortened = (error: string): string => error.replace(/^Get "[^"]*": /, "").slice(0, 160);

function list(texts: readonly string[]): string {
  const shown = [...texts].sort().slice(0, namedExamples).join(", ");
  return texts.length > namedExamples ? `${shown} and ${texts.length - namedExamples} more` : shown;
}
