import type { MonitorTarget } from "../inputs";
import { excerpt, isSelected } from "../schema";
import { isRunning, noticed } from "./running-containers";

/** The pods of a job of a monitor, or a clause that states why there are none. */
export type MonitoredJob = { readonly job: string } & Candidates;

type Candidates = { readonly pods: readonly MonitoredPod[] } | { readonly why: string };

/** A running pod that a monitor selects, with its port. */
export interface MonitoredPod {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  /** Whether it is so young that the agents may not know it yet. */
  readonly isNew?: true;
}

interface Port {
  readonly name?: string;
  readonly containerPort?: number;
}

/** Objects of the API, as far as the targets of monitors depend on them. */
interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: Date;
}

interface ApiService {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { name?: string }[];
  };
}

interface ApiPod {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly ports?: readonly Port[] }[];
    readonly initContainers?: readonly { readonly ports?: readonly Port[] }[];
  };
  readonly status?: { readonly phase?: string; readonly startTime?: Date };
}

/** Returns the running pods that the jobs of monitors select. */
export function monitoredJobs(
  targets: readonly MonitorTarget[],
  services: readonly ApiService[],
  pods: readonly ApiPod[],
  now: Date,
): MonitoredJob[] {
  const running = pods.filter(isRunning);
  const podsBehind = finderOfPods(running);
  const names = new Map(running.map((pod) => [pod, named(pod, now)]));
  return targets.map((target) => {
    const found = target.kind === "PodMonitor" ? podsOf(target, running) : podsOfServices(target, services, podsBehind);
    return { job: target.job, ...("why" in found ? found : { pods: found.flatMap((pod) => names.get(pod) ?? []) }) };
  });
}

function selectedOf<T extends { readonly metadata?: Metadata }>(
  { namespaces, selector }: MonitorTarget,
  objects: readonly T[],
): T[] {
  return objects.filter(({ metadata: { namespace = "", labels = {} } = {} }) => {
    const isThere = namespaces === undefined || namespaces.includes(namespace);
    return isThere && isSelected(selector, labels);
  });
}

type Found = readonly ApiPod[] | { readonly why: string };

function podsOf(target: MonitorTarget, running: readonly ApiPod[]): Found {
  const pods = selectedOf(target, running);
  if (pods.length === 0) return { why: `no running pod has the labels of its selector in ${placeOf(target)}` };
  return withPort(target, "pod", pods);
}

function podsOfServices(target: MonitorTarget, services: readonly ApiService[], podsBehind: FindPods): Found {
  const selected = selectedOf(target, services);
  if (selected.length === 0) return { why: `no Service has the labels of its selector in ${placeOf(target)}` };
  const behind = (list: readonly ApiService[]): ApiPod[] => [...new Set(list.flatMap(podsBehind))];
  const pods = behind(selected);
  if (pods.length === 0) return { why: selected.some(hasSelector) ? noPodBehind : onlyHandMade };
  if (target.portOf === "container") return withPort(target, "pod behind its Services", pods);
  const portsOf = ({ spec }: ApiService): readonly Port[] => spec?.ports ?? [];
  const serving = selected.filter((service) => hasPort(target, portsOf(service)));
  return serving.length === 0 ? { why: noPort(target, "Service", selected.flatMap(portsOf)) } : behind(serving);
}

const noPodBehind = "no running pod is behind the Services that it selects";
const onlyHandMade =
  "the Services that it selects have no selector, so each endpoint in their EndpointSlices must name a running pod in targetRef";

const hasSelector = ({ spec: { selector } = {} }: ApiService): boolean => selector !== undefined;

function withPort(target: MonitorTarget, object: string, pods: readonly ApiPod[]): Found {
  const having = pods.filter((pod) => hasPort(target, containerPorts(pod)));
  return having.length === 0 ? { why: noPort(target, object, pods.flatMap(containerPorts)) } : having;
}

function named({ metadata = {}, spec: { nodeName } = {}, status = {} }: ApiPod, now: Date): MonitoredPod {
  const { namespace = "", name = "" } = metadata;
  const seconds = (now.getTime() - (status.startTime?.getTime() ?? 0)) / 1000;
  return {
    namespace,
    name,
    ...(nodeName !== undefined && { node: nodeName }),
    ...(seconds < noticed && { isNew: true as const }),
  };
}

/** Returns the running pods behind a Service. */
type FindPods = (service: ApiService) => readonly ApiPod[];

/**
 * Makes a finder that compares each Service with the pods of its namespace once. A monitor may select all Services with each
 * of a hundred endpoints: a check of 1000 Services and 5000 pods had the manager busy for a minute.
 */
function finderOfPods(running: readonly ApiPod[]): FindPods {
  const byNamespace = new Map<string | undefined, ApiPod[]>();
  for (const pod of running) {
    const namespace = pod.metadata?.namespace;
    const own = byNamespace.get(namespace);
    if (own === undefined) byNamespace.set(namespace, [pod]);
    else own.push(pod);
  }
  const found = new Map<ApiService, readonly ApiPod[]>();
  return (service) => {
    const { metadata, spec: { selector } = {} } = service;
    const isBehind = (pod: ApiPod): boolean =>
      selector !== undefined && isSelected({ matchLabels: selector }, pod.metadata?.labels ?? {});
    const pods = found.get(service) ?? (byNamespace.get(metadata?.namespace) ?? []).filter(isBehind);
    found.set(service, pods);
    return pods;
  };
}

const containerPorts = ({ spec = {} }: ApiPod): Port[] =>
  [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports);

function hasPort({ port }: MonitorTarget, ports: readonly Port[]): boolean {
  if (port === undefined) return true;
  const names = typeof port === "string" ? port.split("|") : [];
  return ports.some(({ name, containerPort }) =>
    typeof port === "number" ? containerPort === port : name !== undefined && names.includes(name),
  );
}

function noPort({ port }: MonitorTarget, object: string, ports: readonly Port[]): string {
  if (typeof port === "number") return `no ${object} that it selects has the port ${port}`;
  const names = [...new Set(ports.flatMap(({ name }) => name ?? []))].sort();
  const known = names.length === 0 ? "no port has a name" : `the ports are ${names.slice(0, 10).join(", ")}`;
  const quoted = JSON.stringify(excerpt(port ?? ""));
  return port === undefined || portNames.test(port)
    ? `no ${object} that it selects has the port ${quoted}; ${known}`
    : `a check compares names of ports only, and the port ${quoted} is a regular expression; ${known}`;
}

/**
 * One name of a port, or several. The agent compares a port as a regular expression, as with the operator. A check does
 * not: an expression of a monitor can keep JavaScript busy for hours, and the manager runs checks in its own process.
 */
const portNames = /^[\w-]+(?:\|[\w-]+)*$/;

/** Namespaces that a clause names. */
const mostNamespaces = 10;

function placeOf({ namespaces }: MonitorTarget): string {
  if (namespaces === undefined) return "any namespace";
  const more = namespaces.length - mostNamespaces;
  const names = namespaces.slice(0, mostNamespaces).join(", ");
  return `${namespaces.length === 1 ? "namespace" : "the namespaces"} ${names}${more > 0 ? ` and ${more} more` : ""}`;
}
