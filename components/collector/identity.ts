import { hostIps } from "./config";
import type { StatementGroup } from "./transform";

/*
 * The identity of data: the pod that sent it, the workload of that pod, and the service. The look-up of pods is the
 * collector's `k8s_attributes` processor. The statements here run before and after the look-up.
 */

/**
 * Attributes that exist only during enrichment. `name` and `version` win over everything that the look-up finds: the
 * sender set them, or the pod's annotations do, because the look-up keeps attributes that exist. `sentName` is used
 * where no name is found.
 */
const temporary = {
  name: "telemetry-pipelines.service.name",
  version: "telemetry-pipelines.service.version",
  sentName: "telemetry-pipelines.service.sent-name",
  sentAddress: "telemetry-pipelines.pod.ip",
  sentReplicaSet: "telemetry-pipelines.replicaset.name",
  templateHash: "telemetry-pipelines.template-hash",
  rolloutHash: "telemetry-pipelines.rollout-hash",
} as const;

export function attribute(key: string): string {
  return `resource.attributes["${key}"]`;
}

const forget = (key: string): string => `delete_key(resource.attributes, "${key}")`;
const copy = (from: string, to: string): string =>
  `set(${attribute(to)}, ${attribute(from)}) where ${attribute(from)} != nil`;
const isEmpty = (key: string): string => `(${attribute(key)} == nil or ${attribute(key)} == "")`;

/** Removes attributes that only enrichment may set. Runs first. */
export const forgetTemporary: StatementGroup = { statements: Object.values(temporary).map(forget) };

const podIp = "k8s.pod.ip";
const serviceName = "service.name";

/**
 * Hides an address that is the node's. All pods on the node's network share it, so the look-up would return any of
 * them. `restoreAddress` sets the attribute again.
 */
export const hideNodeAddress: StatementGroup = {
  conditions: [`${attribute(podIp)} != nil`],
  statements: [
    `set(${attribute(temporary.sentAddress)}, ${attribute(podIp)}) where ContainsValue(Split("${hostIps}", ","), ${attribute(podIp)})`,
    `${forget(podIp)} where ${attribute(temporary.sentAddress)} != nil`,
  ],
};

const restoreAddress: StatementGroup = {
  conditions: [`${attribute(temporary.sentAddress)} != nil`],
  statements: [copy(temporary.sentAddress, podIp), forget(temporary.sentAddress)],
};

const replicaSet = "k8s.replicaset.name";
const deployment = "k8s.deployment.name";

/** Makes room for the name of the pod's own ReplicaSet, from which the name of the Deployment is computed. */
export const hideReplicaSet: StatementGroup = {
  conditions: [`${attribute(replicaSet)} != nil`],
  statements: [copy(replicaSet, temporary.sentReplicaSet), forget(replicaSet)],
};

/** Pod labels from which the names of workloads are computed. */
export const workloadLabels = [
  { tag_name: temporary.templateHash, key: "pod-template-hash", from: "pod" },
  { tag_name: temporary.rolloutHash, key: "rollouts-pod-template-hash", from: "pod" },
] as const;

/** The name of a ReplicaSet without the hash at its end. */
const owner = (hash: string): string => `TrimSuffix(${attribute(replicaSet)}, Concat(["-", ${attribute(hash)}], ""))`;
/** Calls the service by the owner of the ReplicaSet: the name of a ReplicaSet changes with each release. */
const serviceOf = (hash: string): string =>
  `set(${attribute(serviceName)}, ${owner(hash)}) where ${attribute(serviceName)} == ${attribute(replicaSet)}`;

/**
 * The Deployment of a pod, without a watch of all ReplicaSets and the right to it: its ReplicaSet is named after the
 * Deployment and the pod's label `pod-template-hash`. The label is of 1 to 10 characters, so the name alone does not
 * show where the hash begins; a ReplicaSet without Deployment has no such label. Argo's Rollouts have their own label.
 */
const deploymentNames: StatementGroup = {
  conditions: [`${attribute(replicaSet)} != nil and ${attribute(temporary.templateHash)} != nil`],
  statements: [
    `set(${attribute(deployment)}, ${owner(temporary.templateHash)}) where ${isEmpty(deployment)} and ` +
      `HasSuffix(${attribute(replicaSet)}, Concat(["-", ${attribute(temporary.templateHash)}], ""))`,
    serviceOf(temporary.templateHash),
  ],
};

const rolloutNames: StatementGroup = {
  conditions: [`${attribute(replicaSet)} != nil and ${attribute(temporary.rolloutHash)} != nil`],
  statements: [serviceOf(temporary.rolloutHash)],
};

const cronJob = "k8s.cronjob.name";
const job = "k8s.job.name";

/**
 * The Job of a CronJob ends in the minutes since 1970 of its scheduled time: 27,000,000 was in 2021, 40,000,000 is in
 * 2046. The look-up takes every number for that, so a Job `migrate-42` would be of a CronJob `migrate`.
 */
const cronJobNames: StatementGroup = {
  conditions: [
    `${attribute(cronJob)} != nil and ${attribute(job)} != nil and ` +
      `not IsMatch(${attribute(job)}, "-(2[7-9]|3[0-9])[0-9]{6}$$") and ` +
      `HasPrefix(${attribute(job)}, Concat([${attribute(cronJob)}, "-"], ""))`,
  ],
  statements: [
    `set(${attribute(serviceName)}, ${attribute(job)}) where ${attribute(serviceName)} == ${attribute(cronJob)}`,
    forget(cronJob),
  ],
};

const restoreReplicaSet: StatementGroup = {
  statements: [
    forget(replicaSet),
    copy(temporary.sentReplicaSet, replicaSet),
    ...[temporary.sentReplicaSet, temporary.templateHash, temporary.rolloutHash].map(forget),
  ],
};

/** Names the workload of the pod that the look-up found, and removes what only served to find it. */
export const afterLookUp: readonly StatementGroup[] = [
  deploymentNames,
  rolloutNames,
  cronJobNames,
  restoreReplicaSet,
  restoreAddress,
];

/** Hides a sender's `service.name` that only states that none was set. Runs before the look-up. */
export const keepSentService: StatementGroup = {
  statements: [
    copy(serviceName, temporary.sentName),
    `${forget(serviceName)} where IsMatch(${attribute(serviceName)}, "^unknown_service(:.*)?$$")`,
    copy(serviceName, temporary.name),
    copy("service.version", temporary.version),
  ],
};

/** Drops the names that Istio's proxies give themselves; their spans belong to the service behind the proxy. */
export const dropProxyService: StatementGroup = {
  conditions: ['span.attributes["component"] == "proxy"'],
  statements: ['delete_matching_keys(resource.attributes, "^service[.]")'],
};

/** The conventions of OpenTelemetry prefer annotations to labels; the collector does the opposite. */
export const serviceAnnotations = [
  { tag_name: temporary.name, key: "resource.opentelemetry.io/service.name", from: "pod" },
  { tag_name: temporary.version, key: "resource.opentelemetry.io/service.version", from: "pod" },
] as const;

const isSet = (key: string): string => `${attribute(key)} != nil and ${attribute(key)} != ""`;

/** Chooses the service's name and version. Runs after the look-up. */
export const chooseService: StatementGroup = {
  statements: [
    `set(${attribute(serviceName)}, ${attribute(temporary.name)}) where ${isSet(temporary.name)}`,
    `set(${attribute("service.version")}, ${attribute(temporary.version)}) where ${isSet(temporary.version)}`,
    `set(${attribute(serviceName)}, ${attribute(temporary.sentName)}) where ${attribute(serviceName)} == nil and ${attribute(temporary.sentName)} != nil`,
    ...[temporary.name, temporary.version, temporary.sentName].map(forget),
  ],
};
