import { outsideNamespaces } from "../collector";
import { field, inputStackSettings, onOff, pullInput, skipVerify, skipVerifyField, struct } from "../schema";
import { z } from "zod";
import { idPart, namespacesOf, type Wanted } from "./define-input";
import { runtimeMetrics, type RuntimeMetric } from "./runtime-metrics";

const resource = (name: string) => onOff(true, `Metrics of the resource ${name}.`);

const resources = () =>
  field(
    struct({
      pod: resource("pod"),
      container: resource("container"),
      node: resource("node"),
      volume: resource("volume"),
      daemonset: resource("daemonset"),
      deployment: resource("deployment"),
      statefulset: resource("statefulset"),
      job: resource("job"),
    }).prefault({}),
    { description: "Resources whose metrics are collected.", example: "{ volume: { enabled: false } }" },
  );

const additionalMetrics = () =>
  field(z.array(field(z.string(), { description: "Name of a metric.", example: "k8s.pod.uptime" })).default([]), {
    description: "Names of metrics that are off by default, also of resources that are switched off above.",
    example: "[k8s.pod.cpu_limit_utilization]",
    rule: "Names from the list of additional metrics in the pipeline reference.",
  });

const kubelet = () =>
  field(
    struct({
      ...skipVerify("Whether to accept any certificate of a kubelet, for clusters whose kubelets sign their own."),
      ipFamily: field(z.enum(["IPv4", "IPv6"]).default("IPv4"), {
        description:
          "Family of the kubelets' address: the first address of a node. If nodes have both families, " +
          "the first address has the family that the cluster prefers.",
        example: "IPv6",
      }),
    }).prefault({}),
    { description: "How the agent connects to kubelets.", example: `{ ${skipVerifyField}: true }` },
  );

/** The setting that the inputs `kubelet` and `cluster-state` share: metrics of the cluster and its workloads. */
export const runtimeSetting = {
  key: "runtime",
  pipeline: field(
    pullInput("from the kubelets and about the cluster's state", {
      resources: resources(),
      additionalMetrics: additionalMetrics(),
    }).prefault({}),
    { description: "Metrics of the cluster and its workloads.", example: "{ enabled: true }" },
  ),
  stack: inputStackSettings("runtime", { kubelet: kubelet() }),
  everything: { enabled: true, additionalMetrics: runtimeMetrics.map(({ name }) => name) },
} as const;

export const runtimeId = idPart(runtimeSetting.key);

export type RuntimeSelection = z.output<typeof runtimeSetting.pipeline>;

/** Returns the metrics of the resources that are on, and the additional ones. */
function metricsOf({ resources, additionalMetrics }: RuntimeSelection): string[] {
  const isOn = (name: string): boolean =>
    Object.entries(resources).some(
      ([resource, { enabled }]) => enabled && new RegExp(`^(k8s[.])?${resource}[.]`).test(name),
    );
  return runtimeMetrics
    .filter(({ name, byDefault }) => (byDefault && isOn(name)) || additionalMetrics.includes(name))
    .map(({ name }) => name);
}

/** Returns the names of all metrics of a receiver that some pipeline wants. */
export function wantedMetrics(
  selections: readonly RuntimeSelection[],
  receiver: RuntimeMetric["receiver"],
): ReadonlySet<string> {
  const wanted = new Set(selections.flatMap(metricsOf));
  return new Set(ofReceiver(receiver).filter((name) => wanted.has(name)));
}

const ofReceiver = (receiver: RuntimeMetric["receiver"]): string[] =>
  runtimeMetrics.filter((metric) => metric.receiver === receiver).map(({ name }) => name);

/** Turns every metric of a receiver on or off by its name, so none depends on the receiver's defaults. */
export function metricSwitches(receiver: RuntimeMetric["receiver"], wanted: ReadonlySet<string>): object {
  return Object.fromEntries(ofReceiver(receiver).map((name) => [name, { enabled: wanted.has(name) }]));
}

/** Returns the conditions of metrics and namespaces that only other pipelines want; undefined if this one wants none. */
export function selectRuntime(
  { selection }: Wanted<RuntimeSelection>,
  collected: ReadonlySet<string>,
): string[] | undefined {
  const metrics = metricsOf(selection);
  if (!metrics.some((metric) => collected.has(metric))) return undefined;
  const outside = outsideNamespaces(namespacesOf(selection));
  const unwanted = [...collected].filter((name) => !metrics.includes(name)).sort();
  return [
    ...(outside === undefined ? [] : [outside]),
    ...(unwanted.length === 0 ? [] : [`IsMatch(metric.name, "^(${unwanted.map(pattern).join("|")})$$")`]),
  ];
}

const pattern = (name: string): string => name.replaceAll(".", "[.]");
