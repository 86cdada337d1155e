import { discoveredLabel } from "./relabel";

/** A Pod or Service with annotations for scraping, as far as its targets depend on it. */
export interface AnnotatedObject {
  readonly kind: "Pod" | "Service";
  readonly namespace: string;
  readonly name: string;
  /** Annotations that start with `prometheus.io/`, without this start. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Ports of a Pod's containers, or of a Service. */
  readonly ports: readonly ObjectPort[];
  /** The target of a Service without a selector, whose pods are not known. */
  readonly leadsTo?: "endpointSlices" | "externalName";
  /** Running pods behind a Service; for a Pod, itself. */
  readonly pods: readonly {
    readonly node?: string;
    /** Whether the Pod is annotated itself, and so scraped as a Pod. */
    readonly isAnnotated: boolean;
    readonly ports: readonly ObjectPort[];
  }[];
}

export interface ObjectPort {
  readonly name?: string;
  readonly protocol?: string;
}

/** How many ports one annotation may list. */
export const mostListedPorts = 4;

/** Whether an object asks for scraping, or seems to. */
export function asksForScraping({ annotations: { scrape } }: AnnotatedObject): boolean {
  return scrape !== undefined && !/^\s*(false|no|0)?\s*$/i.test(scrape);
}

/** Whether `prometheus.io/scrape` makes an object a target. */
export const isScraped = (scrape: string | undefined): boolean => /^true$/i.test(scrape ?? "");

/** Returns the annotation because of which an object is not scraped as it asks, in words; undefined if there is none. */
export function annotationFault(object: AnnotatedObject): string | undefined {
  const { scrape, port, scheme, path } = object.annotations;
  const at = (name: string, value: string): string => `prometheus.io/${name}: ${JSON.stringify(value)}`;
  if (!isScraped(scrape)) return `${at("scrape", scrape ?? "")} is not "true"`;
  if (object.leadsTo === "externalName")
    return `${at("scrape", scrape ?? "")} is on an ExternalName Service, which has no Pod`;
  const isSelecting = object.kind === "Service" && object.leadsTo === undefined;
  if (isSelecting && object.pods.length === 0) return "no running Pod is behind it";
  if (isSelecting && object.pods.every(({ isAnnotated }) => isAnnotated)) return undefined;
  if (scheme && !/^https?$/i.test(scheme)) return `${at("scheme", scheme)} is not http or https`;
  const query = /\?([^=&]+)/.exec(path ?? "")?.[1];
  if (path !== undefined && path.includes("?")) {
    return `${at("path", path)} has a query, which needs a separate annotation: prometheus.io/param_${query ?? "NAME"}`;
  }
  const parameter = changedParameter(object);
  if (parameter !== undefined) return parameter;
  if (listedPorts(port).length > 0) return portFault(port, object);
  const isDeclared = object.ports.some(({ protocol = "TCP" }) => protocol === "TCP");
  return isDeclared || object.leadsTo !== undefined ? undefined : "it declares no TCP port: set prometheus.io/port";
}

/** Discovery makes a label of each annotation, and a label's name has letters, digits and `_` only. */
function changedParameter({ annotations }: AnnotatedObject): string | undefined {
  const name = Object.keys(annotations).find((one) => one.startsWith("param_") && one !== discoveredLabel(one));
  if (name === undefined) return undefined;
  const asked = name.replace("param_", "");
  return `prometheus.io/${name} asks for the parameter ${discoveredLabel(asked)}, because no annotation can ask for ${asked}`;
}

/**
 * Why a Service without a selector has no target. Its pods are not known, so only its targets show whether it has any. Two
 * Services that lead to one pod share one target.
 */
export const noTargetOfItsOwn =
  'prometheus.io/scrape: "true" adds no target: the Service has no selector, so each endpoint in its ' +
  "EndpointSlices must name a running Pod in targetRef, which must not be annotated itself";

/** The ports that `prometheus.io/port` names. As in the scraper, empty places do not count, and only ASCII is white space. */
const listedPorts = (list = ""): string[] =>
  list
    .split(",")
    .map((entry) => entry.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, ""))
    .filter(Boolean);

function portFault(list: string | undefined, { kind, ports, pods, leadsTo }: AnnotatedObject): string | undefined {
  const annotation = `prometheus.io/port: ${JSON.stringify(list)}`;
  const entries = listedPorts(list);
  if (entries.length > mostListedPorts) return `${annotation} lists more than ${mostListedPorts} ports`;
  const repeated = entries.find((entry, i) => entries.indexOf(entry) !== i);
  if (repeated !== undefined) return `${annotation} lists port ${JSON.stringify(repeated)} more than once`;
  const names = new Set([...ports, ...pods.flatMap((pod) => pod.ports)].flatMap(({ name }) => name ?? []));
  for (const entry of entries) {
    if (/^[0-9]+$/.test(entry)) {
      if (Number(entry) < 1 || Number(entry) > 65535) return `${annotation} is not a number from 1 to 65535`;
    } else if (leadsTo === undefined && !names.has(entry)) {
      const known = names.size === 0 ? "no port has a name" : `its ports are ${[...names].sort().join(", ")}`;
      return `${annotation}: the ${kind} has no port ${JSON.stringify(entry)}; ${known}`;
    }
  }
  return undefined;
}
