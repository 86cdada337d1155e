import { hostIp, literal } from "../collector";
import { meta, setWhere, type RelabelRule } from "./relabel";

/** The character that marks the guard's labels. Discovery writes only letters, digits and `_` into names of labels. */
export const guardMark = "%";

/** The label that must survive the rules of a monitor. Without it, the target is dropped. */
export const guardLabel = `__telemetry${guardMark}pod`;
const scrapedAddress = `__telemetry${guardMark}address`;

/** Remembers the pod's address, before the rules of a monitor. */
export const rememberAddress: RelabelRule = setWhere(guardLabel, ["pod_ip"], "(.+)");

/**
 * Remembers the port as well for pods with the network of their node, whose address they share with other pods: on
 * another port, one of these could answer. Goes with `dropMoved({ hostPorts: true })`.
 */
export const rememberHostPort: RelabelRule = {
  action: "replace",
  source_labels: [meta("pod_ip"), "__address__"],
  target_label: guardLabel,
  regex: String.raw`${hostIp};((?:${hostIp}|\[${hostIp}\]):[0-9]+)`,
  replacement: literal("$1"),
};

/**
 * Drops targets on the network of their node that have no TCP port. The scraper would ask a port that the pod need not have:
 * the usual one of the scheme, or the one that a rule adds. Any namespace may answer there, by an ingress or a NodePort.
 */
export const dropUncertainHostPorts: RelabelRule = {
  action: "drop",
  source_labels: [
    meta("pod_ip"),
    "__address__",
    meta("endpointslice_port_protocol"),
    meta("pod_container_port_protocol"),
  ],
  regex: String.raw`${hostIp};(?:(?:${hostIp}|\[${hostIp}\]);.*|[^;]*;(?:UDP|SCTP);.*|[^;]*;;(?:UDP|SCTP))`,
};

/**
 * Removes labels whose name has the mark of the guard, after a rule that makes a name from values. Such a rule must not
 * make a name that begins with `_`, so the guard's own labels stay.
 */
export const dropMarked: RelabelRule = { action: "labeldrop", regex: `[^_].*${guardMark}.*` };

/**
 * Removes the labels of parameters whose name has the mark of the guard. The scraper makes a label of each parameter, and
 * a labelmap could make the guard's name of such a label. The request keeps the parameter.
 */
export const dropMarkedParameters: RelabelRule = { action: "labeldrop", regex: `__param_.*${guardMark}.*` };

/** The scraper makes a URL of the texts of scheme and address, so a scheme could hold another address. */
export const keepPlainScheme: RelabelRule = { action: "keep", source_labels: ["__scheme__"], regex: "https?" };

/**
 * Drops targets whose address is not that of their pod, after the rules of a monitor. The pod's metadata is added to all
 * that the address returns, so a monitor that changed the address would let its own answers pass for another pod's. It
 * also keeps one target of a pod with two addresses.
 */
export const dropMoved = ({ hostPorts = false } = {}): readonly RelabelRule[] => [
  { action: "keep", source_labels: [guardLabel], regex: ".+" },
  // A labelmap can copy the guard to this label, and an address that is a host name would leave it there.
  { action: "replace", target_label: scrapedAddress, replacement: "" },
  {
    action: "replace",
    source_labels: ["__address__"],
    target_label: scrapedAddress,
    regex: literal(String.raw`(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]+)?`),
    replacement: literal("$1$2"),
  },
  ...(hostPorts ? [compareHostPort] : []),
  { action: "keepequal", source_labels: [guardLabel], target_label: scrapedAddress },
];

const compareHostPort: RelabelRule = {
  action: "replace",
  source_labels: [guardLabel, "__address__"],
  target_label: scrapedAddress,
  regex: String.raw`(?:[0-9.]+|\[.+\]):[0-9]+;(.+)`,
  replacement: literal("$1"),
};

/** Only pods of this node are watched. Pods of other nodes, and targets that are not pods, have no node name here. */
export const onlyOwnPods: RelabelRule = { action: "keep", source_labels: [meta("pod_node_name")], regex: ".+" };
