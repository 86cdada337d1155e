import { at, list, props, quoted, typesOf, type LocatedObject } from "./objects";
import { componentOf } from "./telemetry";

/** Type of the component of the program that makes the log agent and its namespace. */
export const logAgentMaker = "telemetry:index:LogAgent";

/** Name of the log agent's DaemonSet, the one workload that mounts files of its node. */
const logAgent = "telemetry-log-agent";
/** Name of its only container. */
const collector = "collector";
/** Types of its volumes. */
export const logAgentVolumes = ["configMap", "secret", "hostPath"];

/** Folder with the output of the node's containers. */
const podLogs = "/var/log/pods";
/** Folder with a folder for each stack, in which its log agent stores positions and queues. */
const state = "/var/lib/telemetry-pipelines";
const stateOfStack = new RegExp(`^${state}/[a-z0-9]([-a-z0-9]*[a-z0-9])?$`);

/** Fields that the mounts of the node's folders have. */
const mountFields = ["name", "mountPath", "readOnly"];

/** Returns true for the log agent: the DaemonSet of its name that its component makes. */
export function isLogAgent({ urn = "", ...object }: LocatedObject): boolean {
  return (
    object.type === "apps/v1:DaemonSet" &&
    componentOf(object) === "log-agent" &&
    at(object.props, "metadata.name") === logAgent &&
    typesOf(urn).slice(0, -1).includes(logAgentMaker)
  );
}

/** Returns the folder of the node for the state of the log agent whose stack has this namespace. */
export function stateFolder(namespace: string): string {
  return `${state}/${namespace}`;
}

/** Returns everything in the log agent's pod that the program does not put there: containers, folders of the node, rights to them. */
export function logAgentViolations(pod: unknown): string[] {
  const seen = new Set<FolderKind>();
  return [
    ...otherContainers(pod),
    ...hostFolders(pod).flatMap((folder) => {
      const kind = kindOf(folder.path);
      const isSecond = kind !== undefined && seen.has(kind);
      if (kind !== undefined) seen.add(kind);
      return [
        ...(isSecond
          ? [`volume ${quoted(folder.volume)} is a second folder of the node for ${folders[kind].holds}. Remove it.`]
          : folderViolations(folder, kind)),
        ...mountViolations(pod, folder),
      ];
    }),
  ];
}

interface HostFolder {
  readonly volume: unknown;
  readonly path: string;
}

/** Returns the volumes of a pod that are folders of the node. */
export function hostFolders(pod: unknown): HostFolder[] {
  return list(at(pod, "volumes"))
    .filter((volume) => props(volume).hostPath !== undefined)
    .map((volume) => ({ volume, path: String(at(volume, "hostPath.path")) }));
}

/** The two folders of the node that the log agent mounts. The kubelet creates only that of the state. */
const folders = {
  logs: { holds: "the output of containers", type: "Directory" },
  state: { holds: "the log agent's state", type: "DirectoryOrCreate" },
} as const;
type FolderKind = keyof typeof folders;

function kindOf(path: string): FolderKind | undefined {
  if (path === podLogs) return "logs";
  return stateOfStack.test(path) ? "state" : undefined;
}

function folderViolations({ volume, path }: HostFolder, kind: FolderKind | undefined): string[] {
  if (kind === undefined)
    return [`volume ${quoted(volume)} is ${path} of the node. Only ${podLogs} and a folder in ${state} are needed.`];
  const { type } = folders[kind];
  return at(volume, "hostPath.type") === type
    ? []
    : [`volume ${quoted(volume)} is ${path} of the node. Set its hostPath.type to ${type}.`];
}

function otherContainers(pod: unknown): string[] {
  return containersOfPod(pod)
    .filter(({ kind, container }) => kind !== "containers" || at(container, "name") !== collector)
    .map(
      ({ kind, container }) =>
        `container ${quoted(container)} in ${kind} is not the log agent's. Remove it: only ` +
        `'${collector}' may be root and mount folders of the node.`,
    );
}

/** Returns the problems of the mounts of a folder of the node. */
function mountViolations(pod: unknown, { volume, path }: HostFolder): string[] {
  const mounts = containersOfPod(pod).flatMap(({ container }) =>
    list(at(container, "volumeMounts"))
      .filter((mount) => at(mount, "name") === at(volume, "name"))
      .map((mount) => ({ mount, container })),
  );
  return mounts.flatMap(({ mount, container }) => [
    ...(path === podLogs && at(mount, "readOnly") !== true
      ? [`container ${quoted(container)} may write to ${podLogs} of the node. Set readOnly of its mount to true.`]
      : []),
    ...Object.keys(props(mount))
      .filter((field) => !mountFields.includes(field))
      .map((field) => `container ${quoted(container)} mounts volume ${quoted(volume)} with ${field}. Remove it.`),
  ]);
}

function containersOfPod(pod: unknown): { readonly kind: string; readonly container: unknown }[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((kind) =>
    list(at(pod, kind)).map((container) => ({ kind, container })),
  );
}
