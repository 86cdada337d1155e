import type { Labels } from "../contract";
import type { Toleration } from "../settings";

/** Settings that all pods of the program share. */

/** User id of the stock collector image; any other non-root id works too. */
const nonRootUser = 10001;

/** A pod that the `restricted` Pod Security Standard admits. */
export const restrictedPod = {
  runAsNonRoot: true,
  runAsUser: nonRootUser,
  runAsGroup: nonRootUser,
  fsGroup: nonRootUser,
  seccompProfile: { type: "RuntimeDefault" },
};

/** A container that the `restricted` Pod Security Standard admits, with a read-only root file system. */
export const restrictedContainer = {
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/**
 * A pod that reads files of its node, which belong to the node's root user. Only the namespace of the log agent admits it.
 * The user is root without any capability, so it has no more rights on these files than their owner.
 */
export const hostFilesPod = {
  runAsUser: 0,
  runAsGroup: 0,
  seccompProfile: { type: "RuntimeDefault" },
};

/** Labels with which the API server admits only restricted pods to a namespace, and names violations to `kubectl`. */
export const restrictedNamespaceLabels: Labels = podSecurity("restricted");

/** Labels with which the API server admits pods with host paths, which no other standard admits. */
export const privilegedNamespaceLabels: Labels = podSecurity("privileged");

function podSecurity(standard: string): Labels {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, standard],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}

/** Tolerates every taint: a node without the gateway would lose its applications' telemetry. */
export const everyNode: Toleration[] = [
  { operator: "Exists", effect: "NoSchedule" },
  { operator: "Exists", effect: "NoExecute" },
];
