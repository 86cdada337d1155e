import {
  isLogAgent,
  logAgentViolations,
  logAgentVolumes,
  at,
  list,
  props,
  quoted,
  type LocatedObject,
  type Props,
  podPath,
} from "../facts";
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

/** Values that the standard admits, by field of a security context. Each field may be missing. */
type Admitted = Readonly<Record<string, readonly unknown[]>>;

/** Fields of the pod and of each container. */
const everywhere: Admitted = {
  runAsNonRoot: [true],
  "seccompProfile.type": ["RuntimeDefault", "Localhost"],
  "appArmorProfile.type": ["RuntimeDefault", "Localhost"],
  "windowsOptions.hostProcess": [false],
};
/** Further fields of containers. */
const ofContainers: Admitted = { privileged: [false], procMount: ["Default"] };

/** Further fields of both. The log agent may have each value: a usual label may neither read nor write its two folders. */
const seLinuxLabels: Admitted = {
  "seLinuxOptions.type": ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"],
  "seLinuxOptions.user": [""],
  "seLinuxOptions.role": [""],
};

/** Sysctls that the standard admits, as of Kubernetes 1.37. */
const admittedSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_notsent_lowat",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/** Annotation for AppArmor profiles from before they had a field. The name of a container follows. */
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

/** Probes and hooks that send a request to an address. */
const handlers = [
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle.postStart",
  "lifecycle.preStop",
].flatMap((hook) => [`${hook}.httpGet`, `${hook}.tcpSocket`]);

export const restrictedPods = objectRule(
  {
    name: "restricted-pods",
    description:
      "Pods meet the Pod Security Standard `restricted`, so the API server admits them. Only the log agent runs as root and " +
      "mounts folders of its node, with nothing but its one container and the two folders that it needs.",
    severity: "high",
    applies: (object) => podPath(object) !== undefined,
  },
  podViolations,
);

export function podViolations(object: LocatedObject): string[] {
  const path = podPath(object);
  if (path === undefined) return [];
  const pod = at(object.props, path);
  const podContext = props(at(pod, "securityContext"));
  const annotationsPath = path.replace(/spec$/, "metadata.annotations");
  const annotations = props(at(object.props, annotationsPath));
  const isRoot = isLogAgent(object);
  const volumeTypes = isRoot ? logAgentVolumes : admittedVolumes;
  return [
    ...(isRoot ? logAgentViolations(pod) : []),
    ...["hostNetwork", "hostPID", "hostIPC"]
      .filter((field) => at(pod, field) === true)
      .map((field) => `${path}.${field} is true. Remove it: telemetry does not need the host.`),
    ...list(at(pod, "volumes")).flatMap((volume) =>
      Object.keys(props(volume))
        .filter((key) => key !== "name" && !volumeTypes.includes(key))
        .map((key) => `volume ${quoted(volume)} has the type ${key}. Use one of ${volumeTypes.join(", ")}.`),
    ),
    ...contextViolations(podContext, {}, isRoot).map((problem) => `${path}.${problem}`),
    ...list(podContext.sysctls)
      .map((sysctl) => String(at(sysctl, "name")))
      .filter((name) => !admittedSysctls.includes(name))
      .map((name) => `${path}.securityContext.sysctls has ${name}. Remove it: it can change the node.`),
    ...Object.keys(annotations)
      .filter((key) => key.startsWith(appArmorAnnotation))
      .filter((key) => !/^$|^runtime\/default$|^localhost\//.test(String(annotations[key])))
      .map((key) => `${annotationsPath} has ${key}. Remove it, or set it to runtime/default or localhost/NAME.`),
    ...["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
      list(at(pod, kind)).flatMap((container) =>
        containerViolations(container, podContext, isRoot).map(
          (problem) => `container ${quoted(container)}: ${problem}`,
        ),
      ),
    ),
  ];
}

/** Checks one security context. The pod's must be right even if each container overrides it. */
function contextViolations(context: Props, further: Admitted, isRoot: boolean): string[] {
  const admitted = { ...everywhere, ...(isRoot ? {} : seLinuxLabels), ...further };
  return [
    ...(context.runAsUser === 0 && !isRoot ? ["securityContext.runAsUser is 0. Use another user."] : []),
    ...Object.entries(admitted).flatMap(([field, values]) => {
      const value = at(context, field) ?? undefined;
      if (value === undefined || values.includes(value)) return [];
      return [`securityContext.${field} is ${value as string | boolean}. Remove it${alternatives(values)}.`];
    }),
  ];
}

function alternatives(values: readonly unknown[]): string {
  const texts = values.filter((value) => value !== "" && value !== false);
  return texts.length === 0 ? "" : `, or use ${texts.join(", ")}`;
}

function containerViolations(container: unknown, podContext: Props, isRoot: boolean): string[] {
  const context = props(at(container, "securityContext"));
  const isMissing = (field: string): boolean =>
    (at(context, field) ?? at(podContext, field) ?? undefined) === undefined;
  return [
    ...contextViolations(context, ofContainers, isRoot),
    ...(isMissing("runAsNonRoot") && !isRoot ? ["set securityContext.runAsNonRoot to true."] : []),
    ...(isMissing("seccompProfile.type") ? ["set securityContext.seccompProfile.type to RuntimeDefault."] : []),
    ...(context.allowPrivilegeEscalation === false ? [] : ["set securityContext.allowPrivilegeEscalation to false."]),
    ...(list(at(context, "capabilities.drop")).includes("ALL")
      ? []
      : ["set securityContext.capabilities.drop to [ALL]."]),
    ...(isRoot && context.readOnlyRootFilesystem !== true
      ? ["set securityContext.readOnlyRootFilesystem to true."]
      : []),
    ...list(at(context, "capabilities.add"))
      .filter((capability) => isRoot || capability !== "NET_BIND_SERVICE")
      .map((capability) => `securityContext.capabilities.add has ${String(capability)}. Remove it.`),
    ...list(at(container, "ports"))
      .filter((port) => at(port, "hostPort") !== undefined)
      .map(() => "ports has a hostPort. Remove it: the Service reaches the pod."),
    ...handlers
      .filter((handler) => Boolean(at(container, `${handler}.host`)))
      .map((handler) => `${handler}.host is set. Remove it, so that the request goes to the pod itself.`),
  ];
}
