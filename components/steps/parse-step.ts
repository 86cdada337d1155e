import type * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess } from "../cluster-access";
import { clusterFactsReader, priorityClassesOf, sourceNames, type ReadClusterFacts } from "../cluster-facts";
import { defaultNamespace } from "../contract";
import {
  referenceErrors,
  resolvePipelines,
  secretReader,
  type ReadSecrets,
  type ResolvedPipelines,
} from "../credentials";
import { kubeletPodsSince } from "../inputs";
import { logNamespaces } from "../plan";
import { formatFinding } from "../schema";
import { parsePipelines, type ParsedConfiguration, type ParseOptions, type PipelinesArgs } from "../settings";
import { reportingFindings, warnAt } from "./messages";

/** All facts that are known before the first resource is made, except for those of monitors. */
export interface Parsed extends ParsedConfiguration, ResolvedPipelines {
  /** Namespace of all objects. */
  readonly namespace: string;
  /** Whether others created the namespace. */
  readonly isExisting: boolean;
  readonly cluster: ClusterAccess;
  readonly facts: ReadClusterFacts;
  readonly secrets: ReadSecrets;
  /** Time at which certificates must be valid. */
  readonly now: Date;
}

/** Parses the configuration, and reads the Secrets that it references. Reports all errors before the first object is made. */
export function parse(component: pulumi.Resource, written: PipelinesArgs, cluster: ClusterAccess): Parsed {
  const now = new Date();
  const warn = warnAt(component);
  const secrets = secretReader(cluster);
  const { namespace = defaultNamespace, existingNamespace: isExisting = false } = written;
  return reportingFindings(component, () => {
    const whatElse: ParseOptions["whatElse"] = (readable) => referenceErrors(readable, secrets, now);
    const parsed = parsePipelines(written, { now, telemetryNamespace: namespace, whatElse });
    for (const warning of parsed.warnings) warn(formatFinding(warning));
    const resolved = resolvePipelines(parsed, secrets, now, warn);
    const facts = clusterFactsReader({
      ...cluster,
      namespaces: [namespace, ...logNamespaces(parsed.pipelines, parsed.settings, namespace)],
      sources: sourceNames(parsed.pipelines),
      priorityClasses: priorityClassesOf(parsed.settings),
      ...(parsed.pipelines.some(({ pull }) => pull.runtime !== undefined) && { kubeletsSince: kubeletPodsSince }),
    });
    return { ...parsed, ...resolved, namespace, isExisting, cluster, facts, secrets, now };
  });
}
