import { at, list, props, type KubernetesObject, type Props } from "./objects";
import { parsedYaml } from "./yaml-text";

/** Finds the collector configurations in a ConfigMap. Skips text that is not YAML: no collector starts with it. */
export function collectorConfigurations(object: KubernetesObject): readonly Props[] {
  if (object.type !== "core/v1:ConfigMap") return [];
  return Object.values(props(at(object.props, "data")))
    .map((text) => props(parsedYaml(String(text))))
    .filter(({ receivers, service }) => receivers !== undefined && service !== undefined);
}

/** Lists the components of one kind, such as `exporters`, as `[id, settings]`. */
export function components(configuration: Props, kind: string): readonly (readonly [string, Props])[] {
  return Object.entries(props(configuration[kind])).map(([id, settings]) => [id, props(settings)]);
}

const monitorKinds: Readonly<Record<string, string>> = { serviceMonitor: "ServiceMonitor", podMonitor: "PodMonitor" };

/** Returns the monitor that asks for the scrape job at a place, such as `ServiceMonitor shop/orders`; undefined elsewhere. */
export function monitorAt(configuration: Props, place: string): string | undefined {
  const [, id = "", index = ""] = /^receivers\.(prometheus\/[^.]+)\.config\.scrape_configs\.(\d+)\./.exec(place) ?? [];
  const job = list(at(props(props(configuration.receivers)[id]), "config.scrape_configs"))[Number(index)];
  const [kind = "", namespace, name] = id === "" ? [] : String(at(job, "job_name")).split("/");
  return monitorKinds[kind] === undefined ? undefined : `${monitorKinds[kind]} ${namespace}/${name}`;
}

const addressFields = ["endpoint", "metrics_endpoint", "traces_endpoint", "logs_endpoint"];

/** Lists the addresses that an exporter sends to, without those that are in a mounted file. */
export function addresses(exporter: Props): readonly string[] {
  return addressFields
    .map((field) => exporter[field])
    .filter((value): value is string => typeof value === "string" && !isReference(value));
}

/** Returns true if a value is only a reference to a file or a variable, so that its text is elsewhere. */
export function isReference(value: string): boolean {
  return /^\$\{(?:file|env):[^}]*\}$/.test(value);
}

/** Returns the host of an address such as `https://host:4317/path`, `host:4317` or `dns:///host:4317`. */
export function hostOf(address: string): string {
  const [authority = ""] = address.replace(/^[a-z][a-z0-9+.-]*:\/+/i, "").split(/[/?#]/);
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  return plainName(/^\[([^\]]*)\]/.exec(host)?.[1] ?? host.replace(/:\d*$/, ""));
}

/** Removes a dot at the end, which only marks a complete name, and makes the name lower case. */
function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** Returns true if data to this host stays inside the pod. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Returns true if a host matches one of the patterns. `*.example.com` matches every host below `example.com`. */
export function matchesHost(host: string, patterns: readonly string[]): boolean {
  return patterns
    .map(plainName)
    .some((pattern) => (pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern));
}
