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

/** Labels with which the API server admits only restricted pods to a namespace, and names violations to `kubectl`. */
export const restrictedNamespaceLabels: Labels = Object.fromEntries(
  ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, "latest"],
  ]),
);

/** Tolerates every taint: a node without the gateway would lose its applications' telemetry. */
export const everyNode: Toleration[] = [
  { operator: "Exists", effect: "NoSchedule" },
  { operator: "Exists", effect: "NoExecute" },
];
