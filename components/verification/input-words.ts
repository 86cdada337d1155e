/** Messages about the inputs of a pipeline. */

import type { AnnotatedObject } from "../inputs";
import { isCredentialParameter } from "../schema";
import type { CrowdedObject } from "./crowded-objects";
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
  readonly missed: readonly Missed[];
  /** Monitors that are not applied as they ask. */
  readonly changed: readonly Missed[];
  /** Whether ready agents did not answer, so their targets do not count. */
  readonly isPartial: boolean;
  /** The remedy for targets that answer 401 or 403. */
  readonly refused?: string;
  /** The remedy for pods of a mesh that close plain connections. */
  readonly onlyMesh?: string;
  /** The remedy for targets that answer with a redirect. */
  readonly redirected?: string;
  /** The remedy for targets whose certificate is not trusted. */
  readonly untrusted?: string;
}

/** An annotated object or a monitor that is not scraped, or not as it asks, and the reason as a clause. */
export interface Missed {
  readonly object: Pick<AnnotatedObject, "namespace" | "name"> & { readonly kind: string };
  readonly why: string;
}

export function targetsUp(input: string, counts: TargetCounts): string {
  const { up, of, down, repeated, missed, changed, isPartial } = counts;
  const clauses = [
    `${input}: ${up} of ${of} targets up`,
    ...(isPartial ? [`${someSilent}, so their targets do not count`] : []),
    ...(down.length > 0 ? [`down: ${list(down.map(describe))}`] : []),
    ...(repeated.length > 0 ? [`scraped more than once: ${list(repeated.map(shown))}`] : []),
    ...objectClauses(missed, changed),
  ];
  return `${clauses.join("; ")}.${remedyOf(counts)}`;
}

/** Most annotated objects or monitors that a message names. Each has another owner, so three examples would not do. */
const namedObjects = 20;

/** Most objects with too many annotations that a message names. */
const namedCrowds = 5;

const objectClauses = (missed: readonly Missed[], changed: readonly Missed[] = []): string[] => [
  ...(missed.length > 0 ? [`not scraped: ${named(missed)}`] : []),
  ...(changed.length > 0 ? [`not as they ask: ${named(changed)}`] : []),
];

/**
 * Names each object once, with its first fault, so that an object with many faults hides no other. Namespaces are named in
 * turns, so that a team with many faults hides no other team. Objects with the same fault and owner, such as the Pods of a
 * Deployment, differ only in their names' ends.
 */
function named(missed: readonly Missed[]): string {
  const faults = new Map<string, string[]>();
  const teams = new Map<string, Set<string>>();
  for (const { object, why } of missed) {
    const name = `${object.kind} ${object.namespace}/${object.name}`;
    faults.set(name, [...(faults.get(name) ?? []), why]);
    teams.set(object.namespace, (teams.get(object.namespace) ?? new Set<string>()).add(name));
  }
  const ranked = [...teams.values()].flatMap((names) => [...names].sort().map((name, rank) => ({ name, rank })));
  const texts = ranked
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, namedObjects)
    .map(({ name }) => {
      const [first = "", ...others] = faults.get(name) ?? [];
      return `${name} (${shown(first)}${moreFaults(others.length)})`;
    });
  const more = faults.size - namedObjects;
  return `${texts.sort().join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const moreFaults = (count: number): string =>
  count === 0 ? "" : `, and ${count === 1 ? "1 more fault" : `${count} more faults`}`;

export function nothingToScrape(input: string, why: string): string {
  return `${input}: ${why}.`;
}

const someSilent = "some ready agents did not answer in time";

export function agentsSilent(input: string, missed: readonly Missed[], changed: readonly Missed[] = []): string {
  const others = objectClauses(missed, changed).map((clause) => ` ${clause.replace(/^n/, "N")}.`);
  return `${input}: ${someSilent}, and no other agent has a target.${others.join("")}`;
}

export function discoverySlow(crowded: readonly CrowdedObject[]): string {
  const objects = crowded.map(({ kind, namespace, name, count }) => `${kind} ${namespace}/${name} has ${count}`);
  const more = objects.length - namedCrowds;
  return (
    `Agents need long to find targets, or find none, because of objects with thousands of annotations and labels: ` +
    `${objects.slice(0, namedCrowds).join(", ")}${more > 0 ? ` and ${more} more with fewer, but too many` : ""}. Remove them there.`
  );
}

export function nothingScraped(input: string, annotated: number, missed: readonly Missed[]): string {
  const objects =
    annotated === 1 ? "1 Pod or Service in its namespaces is" : `${annotated} Pods and Services in its namespaces are`;
  const [why = "Wait for one interval, and read the agent's log"] = objectClauses(missed);
  return `${input}: no target is scraped, although ${objects} annotated. ${why.replace(/^n/, "N")}.`;
}

export function nothingMonitored(
  input: string,
  endpoints: number,
  missed: readonly Missed[],
  changed: readonly Missed[],
): string {
  const asked = endpoints === 1 ? "1 endpoint of a monitor asks" : `${endpoints} endpoints of monitors ask`;
  const what =
    endpoints === 0 ? "no monitor in its namespaces can be applied" : `no target is scraped, although ${asked} for it`;
  const why =
    objectClauses(missed, changed).join("; ") ||
    "Wait for one interval, and check that agents run on the nodes of the pods and that relabelings keep targets";
  return `${input}: ${what}. ${why.replace(/^n/, "N")}.`;
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
  return `${which}: ${shortened(error, longestKubeletError)}. ${remedy(error)}`.trimEnd();
}

export function kubeletsRead(input: string, answering: number, of: number): string {
  return `${input}: ${answering} of ${of} kubelets read.`;
}

/** Returns the remedies for the scraper's errors, each once, with a space before them. */
function remedyOf({ down, refused, redirected, untrusted, onlyMesh }: TargetCounts): string {
  const remedies = down.map(({ error, inMesh, onNodeNetwork }) => {
    if (/label_\w+ exceeded/.test(error)) {
      return "One sample with more or longer labels than allowed drops the whole response: labelLimit and labelValueLengthLimit of the monitor set the limits.";
    }
    if (error.includes("limit exceeded")) {
      return "Responses that are too large are dropped completely. Unless a monitor has lower ones, metric.prometheus.limits raises the limits.";
    }
    if (inMesh && /: EOF$|connection reset by peer/.test(error)) return onlyMesh;
    if (onNodeNetwork && /deadline exceeded|i\/o timeout|no route to host/.test(error)) return nodeNetworks;
    if (/x509: /.test(error)) return untrusted;
    if (/HTTP status 30[12378]/.test(error)) return redirected;
    return /HTTP status 40[13]/.test(error) ? refused : undefined;
  });
  return [...new Set(remedies)].map((remedy) => (remedy === undefined ? "" : ` ${remedy}`)).join("");
}

const nodeNetworks =
  "A target on the network of its node needs the node's address in metric.prometheus.hostNetworks: the agent's NetworkPolicy " +
  "lets it reach pods only.";

const describe = ({ namespace = "", pod = "", url, error }: ScrapedTarget): string =>
  pod === "" ? `${shown(url)} (${shortened(error)})` : `${namespace}/${pod} (${shown(url)}: ${shortened(error)})`;

/** Hides the values of a query whose names are those of credentials, such as `?token=…`. */
const shown = (text: string): string =>
  text.replace(/([?&])([^=&\s"]+)=[^&\s"]+/g, (whole, sign: string, name: string) =>
    isCredentialParameter(name) ? `${sign}${name}=…` : whole,
  );

/** The scraper repeats the address, which the message has already. */
const shortened = (error: string, longest = 160): string => error.replace(/^Get "[^"]*": /, "").slice(0, longest);

/** Characters of a kubelet's error. Only one is shown, and the refused right is at its end. */
const longestKubeletError = 400;

const list = (texts: readonly string[]): string => examples([...texts].sort());
