import { at, list, props, quoted, type KubernetesObject } from "../facts/objects";
import { podPath } from "../facts/pods";
import { objectRule } from "../rule";

/** Volume types that the Pod Security Standard `restricted` admits. */
const admittedVolumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const restrictedPods = objectRule(
  {
    name: "restricted-pods",
    description: "Pods meet the Pod Security Standard restricted, so the API server admits them.",
    severity: "high",
    applies: (object) => podPath(object) !== undefined,
  },
  podViolations,
);

export function podViolations(object: KubernetesObject): string[] {
  const path = podPath(object);
  if (path === undefined) return [];
  const pod = at(object.props, path);
  const podContext = props(at(pod, "securityContext"));
  return [
    ...["hostNetwork", "hostPID", "hostIPC"]
      .filter((field) => at(pod, field) === true)
      .map((field) => `${path}.${field} is true: leave it out, telemetry needs nothing of the host.`),
    ...list(at(pod, "volumes")).flatMap((volume) =>
      Object.keys(props(volume))
        .filter((key) => key !== "name" && !admittedVolumes.includes(key))
        .map((key) => `volume ${quoted(volume)} is of type ${key}: use one of ${admittedVolumes.join(", ")}.`),
    ),
    ...["initContainers", "containers"].flatMap((kind) =>
      list(at(pod, kind)).flatMap((container) =>
        containerViolations(container, podContext).map((problem) => `container ${quoted(container)}: ${problem}`),
      ),
    ),
  ];
}

function containerViolations(container: unknown, podContext: Readonly<Record<string, unknown>>): string[] {
  const context = props(at(container, "securityContext"));
  const effective = (field: string): unknown => context[field] ?? podContext[field];
  const seccomp = at(effective("seccompProfile"), "type");
  return [
    ...(effective("runAsNonRoot") === true ? [] : ["set securityContext.runAsNonRoot to true."]),
    ...(effective("runAsUser") === 0 ? ["securityContext.runAsUser is 0: use another user."] : []),
    ...(context.privileged === true ? ["securityContext.privileged is true: leave it out."] : []),
    ...(context.allowPrivilegeEscalation === false ? [] : ["set securityContext.allowPrivilegeEscalation to false."]),
    ...(list(at(context, "capabilities.drop")).includes("ALL")
      ? []
      : ["set securityContext.capabilities.drop to [ALL]."]),
    ...list(at(context, "capabilities.add"))
      .filter((capability) => capability !== "NET_BIND_SERVICE")
      .map((capability) => `securityContext.capabilities.add has ${String(capability)}: leave it out.`),
    ...(seccomp === "RuntimeDefault" || seccomp === "Localhost"
      ? []
      : ["set securityContext.seccompProfile.type to RuntimeDefault."]),
    ...list(at(container, "ports"))
      .filter((port) => at(port, "hostPort") !== undefined)
      .map(() => "ports has a hostPort: leave it out, the Service reaches the pod."),
  ];
}
