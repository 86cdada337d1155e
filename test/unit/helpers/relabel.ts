import { isIPv6 } from "node:net";

/** A relabeling rule, with the fields that our rules and the monitors of tests use. */
export interface Rule {
  readonly action?:
    "keep" | "drop" | "keepequal" | "replace" | "labeldrop" | "labelkeep" | "labelmap" | "uppercase" | "lowercase";
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly target_label?: string;
  readonly regex?: string;
  readonly replacement?: string;
}

export type TargetLabels = Readonly<Record<string, string>>;

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly number: number; readonly name?: string; readonly protocol?: string }[];
  readonly init?: boolean;
}

/** Returns the targets that discovery makes of a pod: one for each port of each container, and one for a container without ports. */
export function discovered(
  annotations: Readonly<Record<string, string>>,
  containers: readonly Container[],
  ip = "10.0.0.1",
): TargetLabels[] {
  const host = isIPv6(ip) ? `[${ip}]` : ip;
  const pod = {
    __scheme__: "http",
    __metrics_path__: "/metrics",
    __meta_kubernetes_pod_ip: ip,
    __meta_kubernetes_pod_phase: "Running",
    ...Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [
        `__meta_kubernetes_pod_annotation_${key.replaceAll(/[^a-zA-Z0-9_]/g, "_")}`,
        value,
      ]),
    ),
  };
  return containers.flatMap(({ name, ports = [], init = false }) => {
    const container = {
      ...pod,
      __address__: host,
      __meta_kubernetes_pod_container_name: name,
      __meta_kubernetes_pod_container_init: `${init}`,
    };
    if (ports.length === 0) return [container];
    return ports.map((port) => ({
      ...container,
      __address__: `${host}:${port.number}`,
      __meta_kubernetes_pod_container_port_number: `${port.number}`,
      __meta_kubernetes_pod_container_port_name: port.name ?? "",
      __meta_kubernetes_pod_container_port_protocol: port.protocol ?? "TCP",
    }));
  });
}

/** Applies rules of the collector's configuration to a target or series as Prometheus does. Returns nothing if it is dropped. */
export function relabel(job: string, rules: readonly Rule[], target: TargetLabels): TargetLabels | undefined {
  let labels: Record<string, string> = { job, ...target };
  for (const rule of rules) {
    const next = step(rule, labels);
    if (next === undefined) return undefined;
    labels = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""));
  }
  return labels;
}

function step(rule: Rule, labels: Record<string, string>): Record<string, string> | undefined {
  const { action = "replace", source_labels: sources = [], target_label: target = "", separator = ";" } = rule;
  // The collector has turned two dollars into one before.
  const unescaped = (text: string): string => text.replaceAll("$$", "$");
  const regex = new RegExp(`^(?:${unescaped(`${rule.regex ?? "(.*)"}`)})$`, "s");
  const replacement = unescaped(rule.replacement ?? "$1").replaceAll(/\$\{(\d)\}/g, "$$$1");
  const text = sources.map((label) => labels[label] ?? "").join(separator);
  const named = (label: string): string =>
    label.includes("$") ? text.replace(regex, unescaped(label).replaceAll(/\$\{(\d)\}/g, "$$$1")) : label;
  switch (action) {
    case "keep":
      return regex.test(text) ? labels : undefined;
    case "drop":
      return regex.test(text) ? undefined : labels;
    case "keepequal":
      return text === (labels[target] ?? "") ? labels : undefined;
    case "replace":
      return regex.test(text) ? { ...labels, [named(target)]: text.replace(regex, replacement) } : labels;
    case "labeldrop":
      return Object.fromEntries(Object.entries(labels).filter(([label]) => !regex.test(label)));
    case "labelkeep":
      return Object.fromEntries(Object.entries(labels).filter(([label]) => regex.test(label)));
    case "uppercase":
      return { ...labels, [target]: text.toUpperCase() };
    case "lowercase":
      return { ...labels, [target]: text.toLowerCase() };
    case "labelmap":
      return Object.entries(labels).reduce(
        (all, [label, value]) => (regex.test(label) ? { ...all, [label.replace(regex, replacement)]: value } : all),
        labels,
      );
  }
}

/** Returns the labels that identify a target for Prometheus. */
export const asked = (labels: TargetLabels): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([label]) => !label.startsWith("__meta_"))
      .sort(),
  );
