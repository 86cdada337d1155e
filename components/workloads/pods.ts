import type { Labels } from "../contract";
import type { Toleration } from "../settings";

/** What all pods of the program have in common. */

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

/** A container that the `restricted` Pod Security Standard admits, on a read-only root. */
export const restrictedContainer = {
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels that make the API server admit only restricted pods to a namespace, and say so in `kubectl` output. */
export const restrictedNamespaceLabels: Labels = Object.fromEntries(
  ["enforce", "audit", "warn"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, "latest"],
  ]),
);

/** On every node, whatever its taints: a node without the gateway would lose its applications' telemetry. */
export const everyNode: Toleration[] = [
  { operator: "Exists", effect: "NoSchedule" },
  { operator: "Exists", effect: "NoExecute" },
];
