import type { V1Pod } from "@kubernetes/client-node";
import type { ClusterAccess } from "../cluster-access";
import { collectorKinds, labelKeys, type CollectorKind } from "../contract";
import { formatFinding, recordFindings, type Finding } from "../schema";
import { findingsIn, wantsProbes } from "./collector-findings";
import { runOnce, type Answer, type Run } from "./in-cluster";
import type { Places } from "./places";
import { connect, problemOf, type Cluster } from "./pod-api";
import { probeConfiguration } from "./probes";
import { jobConfiguration, mayBeMonitors, monitorJobsIn, refusedJobs, refusedMonitorFindings } from "./refused-jobs";
import { refusalOf } from "./refused-request";

declare module "../outside/jobs" {
  interface Jobs {
    readonly validate: Job<ValidationRequest, ValidationAnswer>;
  }
}

/** Everything that a validation needs to know. */
export interface ValidationRequest {
  readonly access: ClusterAccess;
  /** Name of the workload, for messages. */
  readonly workload: string;
  /** The pod to create, which validates `configuration`; see `validationPod`. */
  readonly pod: V1Pod;
  /** The configuration, as YAML, and the name of its file. */
  readonly configuration: string;
  readonly file: string;
  readonly places: Places;
  /** Version of the image, if it is known. */
  readonly version?: string;
  readonly timeoutSeconds: number;
}

export interface ValidationAnswer {
  /** The whole message for the user, if the configuration is not accepted. */
  readonly failure?: string;
  /** A message about a pod that is not as the workload's settings describe it. */
  readonly warning?: string;
}

/** Validates a configuration with a collector in the cluster. */
export function validateInCluster(request: ValidationRequest): Promise<ValidationAnswer> {
  return judge(request, connect);
}

/** Returns why the configuration is not accepted, as a message, or no failure if a collector in the cluster accepts it. */
export async function judge(
  request: ValidationRequest,
  connectTo: (access: ClusterAccess) => Cluster,
): Promise<ValidationAnswer> {
  const { pod, places, version, timeoutSeconds } = request;
  const until = Date.now() + timeoutSeconds * 1000;
  let cluster: Cluster;
  try {
    cluster = connectTo(request.access);
  } catch (error) {
    return failure(request, troubleLines(refusalOf({ detail: problemOf(error).detail, namespace: "", collector: "" })));
  }
  const answer = await runOnce(cluster, runOf(request, request.configuration), until);
  if (answer.state === "accepted") return { warning: answer.warning };
  if (answer.state === "trouble") return failure(request, troubleLines(answer));
  const probes = wantsProbes(answer.said, places)
    ? await runOnce(cluster, runOf(request, probeConfiguration(places)), until)
    : undefined;
  const probed = probes?.state === "refused" ? probes.said : undefined;
  const found = findingsIn({ said: answer.said, probed, version, hadCredentials: true }, places);
  const findings = withMonitors(found, mayBeMonitors(found) ? await refusedMonitors(cluster, request, until) : []);
  recordFindings(findings);
  const count = findings.length === 1 ? "1 problem" : `${findings.length} problems`;
  const image = pod.spec?.containers[0]?.image ?? "";
  return failure(request, [
    `Invalid pipeline configuration (${count}), found by ${image} in the cluster`,
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
  ]);
}

/** Returns findings that name the monitors which the collector refuses, if there are any. */
async function refusedMonitors(cluster: Cluster, request: ValidationRequest, until: number): Promise<Finding[]> {
  const jobs = monitorJobsIn(request.configuration);
  if (jobs.length === 0) return [];
  const answer = await runOnce(cluster, runOf(request, jobConfiguration(jobs)), until);
  return answer.state === "refused" ? refusedMonitorFindings(refusedJobs(answer.said, jobs)) : [];
}

/** Findings about monitors replace those that can name no place. */
const withMonitors = (findings: readonly Finding[], monitors: readonly Finding[]): readonly Finding[] =>
  monitors.length === 0 ? findings : [...findings.filter(({ path }) => path !== "configuration"), ...monitors];

function troubleLines({ problem, remedy }: Extract<Answer, { state: "trouble" }>): string[] {
  return ["The configuration could not be validated", `  The pod that validates it ${problem}. ${remedy}.`];
}

function failure({ workload }: ValidationRequest, lines: readonly string[]): ValidationAnswer {
  const all = [
    ...lines,
    `No pod of ${workload} was changed: running pods keep their configuration.`,
    "Correct the problem and run `pulumi up` again, or undo the change.",
  ];
  return { failure: all.join("\n") };
}

function runOf({ workload, pod, file }: ValidationRequest, configuration: string): Run {
  const { name = "", namespace = "", labels } = pod.metadata ?? {};
  return {
    namespace,
    name,
    container: pod.spec?.containers[0]?.name ?? "",
    workload,
    collector: settingOf(labels?.[labelKeys.component]),
    pod,
    configMap: { metadata: { name, namespace, labels }, data: { [file]: configuration } },
  };
}

/** Returns the key of a collector's settings, from the component label of its pod. */
const settingOf = (component = ""): string =>
  Object.hasOwn(collectorKinds, component) ? collectorKinds[component as CollectorKind].setting : component;
