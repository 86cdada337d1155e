import type { MonitorTarget } from "../inputs";
import { isSelected } from "../schema";

/** A job of a monitor that no pod of the cluster can be a target of, and the reason as a clause. */
export interface MissedMonitor {
  readonly job: string;
  readonly why: string;
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
    readonly containers?: readonly { readonly ports?: readonly Port[] }[];
    readonly initContainers?: readonly { readonly ports?: readonly Port[] }[];
  };
  readonly status?: { readonly phase?: string };
}

/** Returns the jobs of monitors that select no running pod, or a port that no selected object has. */
export function missedMonitors(
  targets: readonly MonitorTarget[],
  services: readonly ApiService[],
  pods: readonly ApiPod[],
): MissedMonitor[] {
  const running = pods.filter(({ status }) => status?.phase === "Running");
  return targets.flatMap((target) => {
    const why = target.kind === "PodMonitor" ? podFault(target, running) : serviceFault(target, services, running);
    return why === undefined ? [] : [{ job: target.job, why }];
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

function podFault(target: MonitorTarget, running: readonly ApiPod[]): string | undefined {
  const pods = selectedOf(target, running);
  if (pods.length === 0) return `no running pod has the labels of its selector in ${placeOf(target)}`;
  return portFault(target, "pod", pods.flatMap(containerPorts));
}

function serviceFault(
  target: MonitorTarget,
  services: readonly ApiService[],
  running: readonly ApiPod[],
): string | undefined {
  const selected = selectedOf(target, services);
  if (selected.length === 0) return `no Service has the labels of its selector in ${placeOf(target)}`;
  const pods = selected.flatMap((service) => podsBehind(service, running));
  if (pods.length === 0) return "no running pod is behind the Services that it selects";
  return target.portOf === "service"
    ? portFault(
        target,
        "Service",
        selected.flatMap(({ spec }) => spec?.ports ?? []),
      )
    : portFault(target, "pod behind its Services", pods.flatMap(containerPorts));
}

function podsBehind({ metadata, spec: { selector } = {} }: ApiService, running: readonly ApiPod[]): ApiPod[] {
  if (selector === undefined) return [];
  return running.filter(
    (pod) =>
      pod.metadata?.namespace === metadata?.namespace &&
      isSelected({ matchLabels: selector }, pod.metadata?.labels ?? {}),
  );
}

const containerPorts = ({ spec = {} }: ApiPod): Port[] =>
  [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports);

function portFault({ port }: MonitorTarget, object: string, ports: readonly Port[]): string | undefined {
  if (port === undefined) return undefined;
  if (typeof port === "number") {
    return ports.some(({ containerPort }) => containerPort === port)
      ? undefined
      : `no ${object} that it selects has the port ${port}`;
  }
  const names = [...new Set(ports.flatMap(({ name }) => name ?? []))].sort();
  if (names.includes(port) || names.some((name) => isPattern(port, name))) return undefined;
  const known = names.length === 0 ? "no port has a name" : `the ports are ${names.slice(0, 10).join(", ")}`;
  return `no ${object} that it selects has the port ${JSON.stringify(port)}; ${known}`;
}

/** The name of a port in a monitor is a regular expression, as with the operator. */
function isPattern(port: string, name: string): boolean {
  try {
    return new RegExp(`^(?:${port})$`).test(name);
  } catch {
    return true;
  }
}

const placeOf = ({ namespaces }: MonitorTarget): string =>
  namespaces === undefined
    ? "any namespace"
    : `${namespaces.length === 1 ? "namespace" : "the namespaces"} ${namespaces.join(", ")}`;
