import { meta, type RelabelRule } from "../inputs";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorObject, MonitorRelabeling } from "./monitor-object";

/** Labels of the discovery by Endpoints, the operator's usual one, by the labels of EndpointSlices with the same value. */
const legacyLabels: Readonly<Record<string, string>> = {
  endpoints_name: "service_name",
  endpoint_port_name: "endpointslice_port_name",
  endpoint_port_protocol: "endpointslice_port_protocol",
  endpoint_ready: "endpointslice_endpoint_conditions_ready",
  endpoint_node_name: "pod_node_name",
  endpoint_hostname: "endpointslice_endpoint_hostname",
  endpoint_address_target_kind: "endpointslice_address_target_kind",
  endpoint_address_target_name: "endpointslice_address_target_name",
};

/** Returns rules that make the labels of Endpoints on which a monitor's rules depend. */
export function legacyEndpointRules(rules: readonly MonitorRelabeling[]): RelabelRule[] {
  const used = new Set(rules.flatMap(({ sourceLabels = [] }) => sourceLabels));
  return Object.entries(legacyLabels)
    .filter(([label]) => used.has(meta(label)))
    .map(([label, source]) => ({ action: "replace", source_labels: [meta(source)], target_label: meta(label) }));
}

/** Beginnings of labels that discovery on a node does not have. */
const missingLabels = ["endpoints_label", "endpoints_annotation", "node_", "namespace_label", "namespace_annotation"];

/** Reports rules that depend on labels of discovery that are never there. */
export function unknownLabelFaults(
  monitor: MonitorObject,
  place: string,
  rules: readonly MonitorRelabeling[],
): MonitorFault[] {
  return rules.flatMap(({ sourceLabels = [], regex = "", action = "" }, i) => {
    const isMissing = (label: string): boolean => missingLabels.some((start) => label.startsWith(meta(start)));
    const [, mapped = ""] = /^(\w*)/.exec(action.toLowerCase() === "labelmap" ? regex : "") ?? [];
    const label = [...sourceLabels, mapped].find(isMissing);
    return label === undefined
      ? []
      : [
          fault(
            `${place}[${i}]`,
            "field",
            `reads ${/^\w{1,120}$/.test(label) ? label : "a label"}, which targets do not have here`,
            "Use the attributes of the pod and of its node, which all data has",
          ),
        ];
  });
}
