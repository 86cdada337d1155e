import type { Toleration } from "../settings";

/** What all pods of ours have in common. */

export const labelKeys = {
  name: "app.kubernetes.io/name",
  instance: "app.kubernetes.io/instance",
  component: "app.kubernetes.io/component",
  partOf: "app.kubernetes.io/part-of",
  managedBy: "app.kubernetes.io/managed-by",
} as const;

export type Labels = Readonly<Record<string, string>>;

/** Labels of an object of ours. */
export function objectLabels(name: string, component: string): Labels {
  return {
    ...selectorLabels(name),
    [labelKeys.component]: component,
    [labelKeys.partOf]: "telemetry",
    [labelKeys.managedBy]: "pulumi",
  };
}

/** What workloads and Services select by. A selector can't be changed later, so it has nothing that might. */
export function selectorLabels(name: string): Labels {
  return { [labelKeys.name]: name, [labelKeys.instance]: "telemetry" };
}

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
