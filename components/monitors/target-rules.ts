import { literal } from "../collector";
import {
  discoveredLabel,
  drop,
  dropUncertainHostPorts,
  keep,
  meta,
  onlyOwnPods,
  rememberAddress,
  setWhere,
  type RelabelRule,
} from "../inputs";
import type { LabelSelector } from "../schema";
import type { MonitorEndpoint, MonitorObject, MonitorSpec } from "./monitor-object";

/** Returns the rules that select the targets of an endpoint on this node and give them the operator's labels. */
export function targetRules(monitor: MonitorObject, spec: MonitorSpec, endpoint: MonitorEndpoint): RelabelRule[] {
  return [
    onlyOwnPods,
    rememberAddress,
    { action: "replace", source_labels: ["job"], target_label: "__tmp_prometheus_job_name" },
    ...namespaceRules(monitor, spec),
    ...selectorRules(monitor.kind === "PodMonitor" ? "pod" : "service", spec.selector),
    ...portRules(monitor, endpoint),
    ...(hasOnlyOwnTargets(monitor, spec) ? [] : [dropUncertainHostPorts]),
    ...(keepsEnded(monitor, spec, endpoint) ? [] : [drop("pod_phase", "Failed|Succeeded")]),
    ...labelRules(monitor, spec, endpoint),
  ];
}

/** A pod that has ended keeps its address in its status, which another pod may have meanwhile. */
const keepsEnded = (monitor: MonitorObject, spec: MonitorSpec, { filterRunning = true }: MonitorEndpoint): boolean =>
  !filterRunning && hasOnlyOwnTargets(monitor, spec);

/** Whether the monitor selects only targets of its own namespace. */
export function hasOnlyOwnTargets(monitor: MonitorObject, spec: MonitorSpec): boolean {
  const namespaces = targetNamespaces(monitor, spec);
  return namespaces?.length === 1 && namespaces[0] === monitor.namespace;
}

/** Returns the namespaces of a monitor's targets; undefined for all. */
export function targetNamespaces(
  { namespace }: MonitorObject,
  { namespaceSelector = {} }: MonitorSpec,
): readonly string[] | undefined {
  const { any = false, matchNames = [] } = namespaceSelector;
  if (any) return undefined;
  return matchNames.length > 0 ? [...new Set(matchNames)].sort() : [namespace];
}

function namespaceRules(monitor: MonitorObject, spec: MonitorSpec): RelabelRule[] {
  const names = targetNamespaces(monitor, spec);
  return names === undefined ? [] : [keep("namespace", names.join("|"))];
}

/** Values of labels have no special characters but the dot. */
const anyOf = (values: readonly string[]): string => `(${values.join("|").replaceAll(".", String.raw`\.`)});true`;

function selectorRules(
  object: "pod" | "service",
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): RelabelRule[] {
  const present = (key: string): string => meta(`${object}_labelpresent_${discoveredLabel(key)}`);
  const where = (action: "keep" | "drop", key: string, values: readonly string[]): RelabelRule => ({
    action,
    source_labels: [meta(`${object}_label_${discoveredLabel(key)}`), present(key)],
    regex: literal(anyOf(values)),
  });
  const exists = (action: "keep" | "drop", key: string): RelabelRule => ({
    action,
    source_labels: [present(key)],
    regex: "true",
  });
  return [
    ...Object.keys(matchLabels)
      .sort()
      .map((key) => where("keep", key, [matchLabels[key] ?? ""])),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      switch (operator) {
        case "In":
          return where("keep", key, values);
        case "NotIn":
          return where("drop", key, values);
        case "Exists":
          return exists("keep", key);
        case "DoesNotExist":
          return exists("drop", key);
      }
    }),
  ];
}

/** The operator compares the name of a port as a regular expression, too. */
function portRules({ kind }: MonitorObject, { port, portNumber, targetPort }: MonitorEndpoint): RelabelRule[] {
  if (port) return [keep(kind === "PodMonitor" ? "pod_container_port_name" : "endpointslice_port_name", port)];
  if (kind === "PodMonitor" && portNumber) return [keep("pod_container_port_number", `${portNumber}`)];
  if (targetPort === undefined || targetPort === "" || targetPort === 0) return [];
  return [
    keep(typeof targetPort === "number" ? "pod_container_port_number" : "pod_container_port_name", `${targetPort}`),
  ];
}

/** Copies a label of discovery, also where it has no value. */
const copy = (from: string, to: string): RelabelRule => ({
  action: "replace",
  source_labels: [meta(from)],
  target_label: to,
});
const set = (label: string, value: string): RelabelRule => ({
  action: "replace",
  target_label: label,
  replacement: literal(value),
});

function labelRules(monitor: MonitorObject, spec: MonitorSpec, endpoint: MonitorEndpoint): RelabelRule[] {
  const { jobLabel, targetLabels = [], podTargetLabels = [] } = spec;
  const isPod = monitor.kind === "PodMonitor";
  const copyLabel = (object: "pod" | "service", key: string, to = discoveredLabel(key)): RelabelRule =>
    setWhere(to, [`${object}_label_${discoveredLabel(key)}`], "(.+)");
  const endpointName = endpoint.port || `${endpoint.targetPort ?? ""}`;
  return [
    copy("namespace", "namespace"),
    copy("pod_container_name", "container"),
    copy("pod_name", "pod"),
    ...(isPod ? [] : [copy("service_name", "service"), ...targetLabels.map((key) => copyLabel("service", key))]),
    ...podTargetLabels.map((key) => copyLabel("pod", key)),
    isPod ? set("job", `${monitor.namespace}/${monitor.name}`) : copy("service_name", "job"),
    ...(jobLabel ? [copyLabel(isPod ? "pod" : "service", jobLabel, "job")] : []),
    ...(endpointName === "" ? [] : [set("endpoint", endpointName)]),
  ];
}
