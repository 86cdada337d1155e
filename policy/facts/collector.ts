import { parse } from "yaml";
import { at, props, type KubernetesObject, type Props } from "./objects";

/** The collector configurations in a ConfigMap. A text that is no YAML is none: no collector starts with it. */
export function collectorConfigurations(object: KubernetesObject): readonly Props[] {
  if (object.type !== "core/v1:ConfigMap") return [];
  return Object.values(props(at(object.props, "data")))
    .map((text) => props(parsed(String(text))))
    .filter(({ receivers, service }) => receivers !== undefined && service !== undefined);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Components of one kind, such as `exporters`, as `[id, settings]`. */
export function components(configuration: Props, kind: string): readonly (readonly [string, Props])[] {
  return Object.entries(props(configuration[kind])).map(([id, settings]) => [id, props(settings)]);
}

const addressFields = ["endpoint", "metrics_endpoint", "traces_endpoint", "logs_endpoint"];

/** Addresses that an exporter sends to; what stands in a mounted file is not among them. */
export function addresses(exporter: Props): readonly string[] {
  return addressFields
    .map((field) => exporter[field])
    .filter((value): value is string => typeof value === "string" && !isReference(value));
}

/** Whether a value is nothing but a reference to a file or a variable, so that the text stands elsewhere. */
export function isReference(value: string): boolean {
  return /^\$\{(?:file|env):[^}]*\}$/.test(value);
}

/** Host of an address such as `https://host:4317/path`, `host:4317` or `dns:///host:4317`. */
export function hostOf(address: string): string {
  const [authority = ""] = address.replace(/^[a-z][a-z0-9+.-]*:\/+/i, "").split(/[/?#]/);
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return plainName(/^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, ""));
}

/** A dot at the end only says that the name is complete. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** Whether data to this host stays inside the pod. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Whether a host is one of the named ones; `*.example.com` names all below `example.com`. */
export function matchesHost(host: string, patterns: readonly string[]): boolean {
  return patterns
    .map(plainName)
    .some((pattern) => (pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern));
}
