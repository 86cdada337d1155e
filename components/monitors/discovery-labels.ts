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
  const used = new Set(rules.flatMap(({ sourceLabels = [], targetLabel = "" }) => [...sourceLabels, targetLabel]));
  const all = rules.some(mayMapEndpoints);
  return Object.entries(legacyLabels)
    .filter(([label]) => all || used.has(meta(label)))
    .map(([label, source]) => ({ action: "replace", source_labels: [meta(source)], target_label: meta(label) }));
}

/**
 * Returns a text with which all names begin that a pattern of a labelmap matches, as far as it is easy to read. Empty if the
 * names may begin differently.
 */
export function beginningOfNames(regex: string): string {
  if (regex.includes("|") || /^\([^]*\)[?*{]/.test(regex)) return "";
  return /^\(?(\w+?)(?=\w?[?*{]|\W|$)/.exec(regex)?.[1] ?? "";
}

/** Returns whether two names may be equal that begin with these texts. */
export const mayBeEqual = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

const isMapping = ({ action = "" }: MonitorRelabeling): boolean => action.toLowerCase() === "labelmap";

/**
 * Whether a rule may map labels of Endpoints. Its regular expression is not run here, because that can take for ever: most
 * rules map only labels or annotations of the Pod or the Service.
 */
const mayMapEndpoints = (rule: MonitorRelabeling): boolean =>
  isMapping(rule) && !/^\(?__meta_kubernetes_(?:pod|service|namespace|node|endpointslice)_/.test(rule.regex ?? "");

/** Beginnings of labels that discovery on a node does not have. */
const missingLabels = ["endpoints_label", "endpoints_annotation", "node_", "namespace_label", "namespace_annotation"];
/** Such a label in the regular expression of a labelmap, which may also begin with something else than the label. */
const missingInPattern = new RegExp(`(?:^|[^a-z_]|kubernetes_)((?:${missingLabels.join("|")})\\w*)`);

/** Reports rules that depend on labels of discovery that are never there. */
export function unknownLabelFaults(
  monitor: MonitorObject,
  place: string,
  rules: readonly MonitorRelabeling[],
): MonitorFault[] {
  return rules.flatMap((rule, i) => {
    const { sourceLabels = [], regex = "" } = rule;
    const isMissing = (label: string): boolean => missingLabels.some((start) => label.startsWith(meta(start)));
    const [, mapped] = missingInPattern.exec(isMapping(rule) ? regex : "") ?? [];
    const label = [...sourceLabels, ...(mapped === undefined ? [] : [meta(mapped)])].find(isMissing);
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
