import { hostIps } from "./config";
import type { StatementGroup } from "./transform";

/*
 * The identity of data: the pod that sent it, the workload of that pod, and the service. The look-up of pods is the
 * collector's `k8s_attributes` processor. The statements here run before and after the look-up.
 */

/** Prefix of all attributes that exist only during enrichment. */
const temporaryPrefix = "telemetry-pipelines.enrichment.";

/**
 * Attributes that exist only during enrichment. Most data has none of them, because its sender sets the name and version
 * of its service and no address: each of them costs every resource an evaluation.
 */
const temporary = {
  /** From the pod's annotations. They win over the other names that the look-up finds, but not over the sender's. */
  name: `${temporaryPrefix}service.name`,
  version: `${temporaryPrefix}service.version`,
  /** The name that the sender set and that a better one replaces: `unknown_service`, or empty if it set none. */
  sentName: `${temporaryPrefix}service.sent-name`,
  /** Exists if the sender set no version. */
  openVersion: `${temporaryPrefix}service.open-version`,
  sentAddress: `${temporaryPrefix}pod.ip`,
  sentReplicaSet: `${temporaryPrefix}replicaset.name`,
  templateHash: `${temporaryPrefix}template-hash`,
  rolloutHash: `${temporaryPrefix}rollout-hash`,
} as const;

export function attribute(key: string): string {
  return `resource.attributes["${key}"]`;
}

const forget = (key: string): string => `delete_key(resource.attributes, "${key}")`;
const exists = (key: string): string => `${attribute(key)} != nil`;
const copy = (from: string, to: string): string => `set(${attribute(to)}, ${attribute(from)})`;
/** Returns the two conditions of which one holds if an attribute is missing or empty. */
const emptiness = (key: string): string[] => [`${attribute(key)} == nil`, `${attribute(key)} == ""`];
const isEmpty = (key: string): string => `(${emptiness(key).join(" or ")})`;
const isSet = (key: string): string => `${exists(key)} and ${attribute(key)} != ""`;

const forgetAll = `delete_matching_keys(resource.attributes, "^${temporaryPrefix.replaceAll(".", "[.]")}")`;

/** Removes attributes that only enrichment may set. Runs first. */
export const forgetTemporary: StatementGroup = { statements: [forgetAll] };

const podIp = "k8s.pod.ip";
const serviceName = "service.name";
const serviceVersion = "service.version";

/**
 * Hides an address that is the node's. All pods on the node's network share it, so the look-up would return any of
 * them. `restoreSent` sets the attribute again.
 */
export const hideNodeAddress: StatementGroup = {
  conditions: [exists(podIp)],
  statements: [
    `${copy(podIp, temporary.sentAddress)} where ContainsValue(Split("${hostIps}", ","), ${attribute(podIp)})`,
    `${forget(podIp)} where ${exists(temporary.sentAddress)}`,
  ],
};

const replicaSet = "k8s.replicaset.name";
const deployment = "k8s.deployment.name";

/** Makes room for the name of the pod's own ReplicaSet, from which the name of the Deployment is computed. */
export const hideReplicaSet: StatementGroup = {
  conditions: [exists(replicaSet)],
  statements: [copy(replicaSet, temporary.sentReplicaSet), forget(replicaSet)],
};

const isUnknown = `IsMatch(${attribute(serviceName)}, "^unknown_service(:.*)?$$")`;

/**
 * Marks a service without a name or version of its sender, and hides a `service.name` that only states that none was
 * set. Runs before the look-up, which keeps attributes that exist.
 */
export const openService: StatementGroup = {
  conditions: [...emptiness(serviceName), ...emptiness(serviceVersion), isUnknown],
  statements: [
    `set(${attribute(temporary.sentName)}, "") where ${isEmpty(serviceName)}`,
    `${copy(serviceName, temporary.sentName)} where ${isUnknown}`,
    `${forget(serviceName)} where ${isUnknown}`,
    `set(${attribute(temporary.openVersion)}, "") where ${isEmpty(serviceVersion)}`,
  ],
};

/** Pod labels from which the names of workloads are computed. */
export const workloadLabels = [
  { tag_name: temporary.templateHash, key: "pod-template-hash", from: "pod" },
  { tag_name: temporary.rolloutHash, key: "rollouts-pod-template-hash", from: "pod" },
] as const;

const ending = (hash: string): string => `Concat(["-", ${attribute(hash)}], "")`;
/** The name of a ReplicaSet without the hash at its end. */
const owner = (hash: string): string => `TrimSuffix(${attribute(replicaSet)}, ${ending(hash)})`;
const isNamedBy = (hash: string): string => `${exists(replicaSet)} and ${exists(hash)}`;

const cronJob = "k8s.cronjob.name";
const job = "k8s.job.name";

/**
 * The Job of a CronJob ends in the minutes since 1970 of its scheduled time: 27,000,000 was in 2021, 40,000,000 is in
 * 2046. The look-up takes every number for that, so a Job `migrate-42` would be of a CronJob `migrate`.
 */
const cronJobNames = (service: boolean): StatementGroup => ({
  conditions: [
    `${exists(cronJob)} and ${exists(job)} and ` +
      `not IsMatch(${attribute(job)}, "-(2[7-9]|3[0-9])[0-9]{6}$$") and ` +
      `HasPrefix(${attribute(job)}, Concat([${attribute(cronJob)}, "-"], ""))`,
  ],
  statements: [
    ...(service
      ? [
          `${copy(job, serviceName)} where ${exists(temporary.sentName)} and ${attribute(serviceName)} == ${attribute(cronJob)}`,
        ]
      : []),
    forget(cronJob),
  ],
});

/** Calls the service by the owner of the ReplicaSet: the name of a ReplicaSet changes with each release. */
const serviceOf = (hash: string): string =>
  `set(${attribute(serviceName)}, ${owner(hash)}) where ${isNamedBy(hash)} and ` +
  `${attribute(serviceName)} == ${attribute(replicaSet)}`;

/** Names a service whose sender gave it no name. */
const serviceNames: StatementGroup = {
  conditions: [exists(temporary.sentName)],
  statements: [
    serviceOf(temporary.templateHash),
    serviceOf(temporary.rolloutHash),
    `${copy(temporary.name, serviceName)} where ${isSet(temporary.name)}`,
    `${copy(temporary.sentName, serviceName)} where ${attribute(serviceName)} == nil and ${attribute(temporary.sentName)} != ""`,
  ],
};

/**
 * The Deployment of a pod, without a watch of all ReplicaSets and the right to it: its ReplicaSet is named after the
 * Deployment and the pod's label `pod-template-hash`. The label is of 1 to 10 characters, so the name alone does not
 * show where the hash begins; a ReplicaSet without Deployment has no such label. Argo's Rollouts have their own label.
 */
const deploymentNames: StatementGroup = {
  conditions: [replicaSet, temporary.templateHash, temporary.rolloutHash].map(exists),
  statements: [
    `set(${attribute(deployment)}, ${owner(temporary.templateHash)}) where ${isNamedBy(temporary.templateHash)} and ` +
      `${isEmpty(deployment)} and HasSuffix(${attribute(replicaSet)}, ${ending(temporary.templateHash)})`,
    forget(replicaSet),
    forget(temporary.templateHash),
    `${forget(temporary.rolloutHash)} where ${exists(temporary.rolloutHash)}`,
  ],
};

/** Sets what was hidden from the look-up, and removes all that only served enrichment. */
const restoreSent = (service: boolean): StatementGroup => ({
  conditions: [
    ...(service ? [temporary.sentName, temporary.openVersion, temporary.name, temporary.version] : []),
    temporary.sentAddress,
    temporary.sentReplicaSet,
  ].map(exists),
  statements: [
    ...(service
      ? [
          `${copy(temporary.version, serviceVersion)} where ${exists(temporary.openVersion)} and ${isSet(temporary.version)}`,
        ]
      : []),
    `${copy(temporary.sentAddress, podIp)} where ${exists(temporary.sentAddress)}`,
    `${copy(temporary.sentReplicaSet, replicaSet)} where ${exists(temporary.sentReplicaSet)}`,
    forgetAll,
  ],
});

/** Names the workload of the pod that the look-up found and, with `service`, its service. Removes what only served to find it. */
export const afterLookUp = (service: boolean): readonly StatementGroup[] => [
  cronJobNames(service),
  ...(service ? [serviceNames] : []),
  deploymentNames,
  restoreSent(service),
];

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
