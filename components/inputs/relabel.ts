import { literal } from "../collector";

/** A relabeling rule of a Prometheus scrape job. */
export type RelabelRule = Readonly<Record<string, unknown>>;

/** Returns the full name of a Kubernetes discovery label, given without its common prefix. */
export const meta = (label: string): string => `__meta_kubernetes_${label}`;

/** Returns the name of a label as discovery writes it in its own labels: `app.kubernetes.io/name` has underscores. */
export const discoveredLabel = (key: string): string => key.replaceAll(/[^a-zA-Z0-9_]/g, "_");

/** Keeps targets whose label matches. Prometheus anchors regular expressions at both ends. */
export const keep = (label: string, regex: string): RelabelRule => rule("keep", [meta(label)], regex);
export const drop = (label: string, regex: string): RelabelRule => rule("drop", [meta(label)], regex);
export const dropWhere = (labels: readonly string[], regex: string): RelabelRule =>
  rule("drop", labels.map(meta), regex);
const keepWhere = (labels: readonly string[], regex: string): RelabelRule => rule("keep", labels.map(meta), regex);

function rule(action: string, labels: readonly string[], regex: string): RelabelRule {
  return { action, source_labels: labels, regex: literal(regex) };
}

/** Sets a label from other labels, joined by `;`, if they match. */
export function setWhere(target: string, labels: readonly string[], regex: string, replacement = "$1"): RelabelRule {
  return {
    action: "replace",
    target_label: target,
    source_labels: labels.map(meta),
    regex: literal(regex),
    replacement: literal(replacement),
  };
}

/** A pattern for a word of an annotation, in capital letters or not: YAML users write `"True"`, and URLs `HTTPS`. */
export const anyCase = (word: string): string => `(?i:${word})`;

/**
 * `prometheus.io/port` may list ports, of which each becomes a target. A job scrapes one port of each object, so each
 * place in the list has its own job. Applies the port at this place, as if the annotation had no other one. Empty places
 * do not count: an annotation whose first place is empty would otherwise be one without a port.
 */
export function portAt(place: number, object: "pod" | "service"): RelabelRule[] {
  const label = `${object}_annotation_prometheus_io_port`;
  const before = place === 0 ? "" : String.raw`(?:[^,\s][^,]*,[\s,]*){${place}}`;
  const list = String.raw`[\s,]*${before}([^,]*?)\s*(?:,.*)?`;
  return [
    ...(place === 0 ? [] : [keep(label, String.raw`[\s,]*${before}[^,\s].*`)]),
    setWhere(meta(label), [label], list),
  ];
}

/**
 * Applies `prometheus.io/path`, `scheme`, `port` (a number) and `param_*` of a pod or Service. Later rules see the
 * scheme in `__scheme__`.
 */
export function annotationRules(object: "pod" | "service"): RelabelRule[] {
  const annotation = (name: string): string => `${object}_annotation_prometheus_io_${name}`;
  return [
    ...["http", "https"].map((scheme) => setWhere("__scheme__", [annotation("scheme")], anyCase(scheme), scheme)),
    setWhere("__metrics_path__", [annotation("path")], "(.+)"),
    { action: "labelmap", regex: literal(`${meta(annotation("param_"))}(.+)`), replacement: literal("__param_$1") },
    ...podAddress(annotation("port")),
  ];
}

/** Sets the target's address to that of its pod, with the port in a label, if the label is a number. */
export function podAddress(port: string): RelabelRule[] {
  return [
    setWhere("__address__", ["pod_ip", port], "([0-9.]+);([0-9]+)", "$1:$2"),
    setWhere("__address__", ["pod_ip", port], "([0-9a-fA-F]*:[0-9a-fA-F:.]+);([0-9]+)", "[$1]:$2"),
  ];
}

/**
 * Applies `prometheus.io/port` if it is not a number: keeps only the port with that name. Without the annotation, all
 * ports stay. `portNames` are the labels that hold the name of a target's port; later labels have precedence.
 */
export function namedPortRules(object: "pod" | "service", portNames: readonly string[]): RelabelRule[] {
  return [
    ...portNames.map((portName) => setWhere("__tmp_port", [portName], "(.+)")),
    // An annotated name is compared with the port's name. If there is none, the port's name is compared with itself.
    { action: "replace", target_label: "__tmp_wanted", source_labels: ["__tmp_port"] },
    setWhere("__tmp_wanted", [`${object}_annotation_prometheus_io_port`], "([^0-9].*|[0-9]+[^0-9].*)"),
    { action: "keepequal", source_labels: ["__tmp_port"], target_label: "__tmp_wanted" },
    // Prometheus merges targets with the same address, but only if all their other labels are equal.
    { action: "labeldrop", regex: "__tmp_.*" },
  ];
}

/**
 * Without `prometheus.io/port`, keeps only the TCP ports that the object declares, by the label `protocol`. Discovery
 * also returns containers without ports, and ports of pods that their Service lacks: there this label is empty.
 */
export function declaredPorts(object: "pod" | "service", protocol: string): RelabelRule {
  return keepWhere([`${object}_annotation_prometheus_io_port`, protocol], ".+;.*|;TCP");
}

/**
 * Drops pods that do not run. Init containers of running pods stay, because some keep running and serve metrics.
 * Discovery does not mark these containers, but other init containers hardly ever declare ports.
 */
export const onlyRunningPods = drop("pod_phase", "Pending|Succeeded|Failed");

/** Attributes of a target that come from discovery and the metadata of pods. */
const kubernetesAttributes = [
  "k8s.cluster.uid",
  "k8s.container.name",
  "k8s.cronjob.name",
  "k8s.daemonset.name",
  "k8s.deployment.name",
  "k8s.job.name",
  "k8s.namespace.name",
  "k8s.node.name",
  "k8s.node.uid",
  "k8s.pod.name",
  "k8s.pod.uid",
  "k8s.replicaset.name",
  "k8s.statefulset.name",
];

/**
 * Removes labels of a target's `target_info` that Kubernetes already provides. The receiver prefers these labels to its
 * own knowledge, so any pod could impersonate another one. Labels of other series are harmless, whatever their names.
 */
export const knownFromKubernetes: readonly RelabelRule[] = kubernetesAttributes.map((attribute) => ({
  action: "replace",
  source_labels: ["__name__"],
  regex: "target_info",
  target_label: attribute,
  replacement: "",
}));
