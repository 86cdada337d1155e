import { oldestKubernetesMinor, operatorApi } from "../contract";
import { error, type Finding } from "../schema";
import type { TelemetrySettings } from "../settings";
import { factsIfAny, type ReadClusterFacts } from "./cluster-facts";
import { namespaceFindings, type WantedNamespace } from "./namespace-findings";
import type { ClusterFacts } from "./read-facts";

type PlacedSettings = Pick<TelemetrySettings, "gateway" | "agent" | "logAgent" | "monitoring">;

/**
 * Checks settings against the cluster, before the first object is made: the API server would reject them only after other
 * objects have changed. Returns nothing if the cluster does not answer, for example where manifests are only rendered.
 * `ownClasses` are the PriorityClasses that the program makes.
 */
export function clusterFindings(
  namespaces: readonly WantedNamespace[],
  settings: PlacedSettings,
  read: ReadClusterFacts,
  ownClasses: readonly string[] = [],
): Finding[] {
  const facts = factsIfAny(read);
  if (facts === undefined) return [];
  return [
    ...versionFindings(facts),
    ...namespaces.flatMap((wanted) => namespaceFindings(wanted, facts.namespaces?.[wanted.name])),
    ...priorityFindings(settings, facts, ownClasses),
    ...operatorFindings(settings, facts),
  ];
}

/** Newer versions than the tested ones pass: none is known to refuse an object or to change its meaning. */
function versionFindings({ kubernetesMinor: minor = oldestKubernetesMinor }: ClusterFacts): Finding[] {
  if (minor >= oldestKubernetesMinor) return [];
  return [
    error(
      "cluster",
      `runs Kubernetes 1.${minor}, and the oldest supported version is 1.${oldestKubernetesMinor}: ` +
        "older API servers refuse the preStop action sleep, with which a gateway drains",
      "Upgrade the cluster, or choose another one with kubernetes:context",
      "ClusterUnfit",
    ),
  ];
}

/** Returns the PriorityClasses that the settings name. */
export const priorityClassesOf = ({ gateway, agent, logAgent }: PlacedSettings): string[] =>
  [...new Set([gateway, agent, logAgent].map(({ priorityClassName }) => priorityClassName))].filter(
    (name) => name !== undefined,
  );

function priorityFindings(
  { gateway, agent, logAgent }: PlacedSettings,
  { missingPriorityClasses = [] }: ClusterFacts,
  own: readonly string[],
): Finding[] {
  return Object.entries({ gateway, agent, logAgent }).flatMap(([collector, { priorityClassName: name }]) => {
    const path = `${collector}.priorityClassName`;
    if (name === undefined) return [];
    // The program makes no class for a collector whose class the user names. So it would delete this one.
    if (own.includes(name)) {
      const problem = `is ${name}, which this program makes and deletes itself`;
      return [error(path, problem, "Remove the setting, or name a class that you have created")];
    }
    if (!missingPriorityClasses.includes(name)) return [];
    return [
      error(
        path,
        `is ${name}, and the cluster has no such PriorityClass`,
        "Create it, or remove the setting: the program then creates one",
        "ClusterUnfit",
      ),
    ];
  });
}

/** With `auto`, missing kinds mean that no object is made. */
function operatorFindings({ monitoring }: PlacedSettings, { operatorKinds }: ClusterFacts): Finding[] {
  const missing = ["PodMonitor", "PrometheusRule"].filter((kind) => !operatorKinds.includes(kind));
  if (monitoring.mode !== "on" || missing.length === 0) return [];
  return [
    error(
      "monitoring.mode",
      `is on, and the cluster does not have ${missing.join(" and ")} of ${operatorApi.group}/${operatorApi.version}`,
      "Install the Prometheus Operator first, or set monitoring.mode to auto",
      "ClusterUnfit",
    ),
  ];
}
