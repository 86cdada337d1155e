import { at, list, props, quoted, type KubernetesObject } from "./objects";
import { componentOf } from "./telemetry";

/** Name of the log agent's DaemonSet, the one workload that mounts files of its node. */
const logAgent = "telemetry-log-agent";
/** Folder with the output of the node's containers. */
const podLogs = "/var/log/pods";
/** Folder with a folder for each stack, in which its log agent stores positions and queues. */
const state = "/var/lib/telemetry-pipelines";
const stateOfStack = new RegExp(`^${state}/[a-z0-9]([-a-z0-9]*[a-z0-9])?$`);

/** Returns true for the log agent. */
export function isLogAgent(object: KubernetesObject): boolean {
  return (
    object.type === "apps/v1:DaemonSet" &&
    componentOf(object) === "log-agent" &&
    at(object.props, "metadata.name") === logAgent
  );
}

/** Returns what is wrong with the folders of the node that the log agent mounts. */
export function hostFolderViolations(pod: unknown): string[] {
  return list(at(pod, "volumes"))
    .filter((volume) => props(volume).hostPath !== undefined)
    .flatMap((volume) => {
      const path = String(at(volume, "hostPath.path"));
      if (stateOfStack.test(path)) return [];
      if (path !== podLogs)
        return [
          `volume ${quoted(volume)} is ${path} of the node. Only ${podLogs} and a folder in ${state} are needed.`,
        ];
      return writers(pod, volume).map(
        (container) =>
          `container ${quoted(container)} may write to ${podLogs} of the node. Set readOnly of its mount to true.`,
      );
    });
}

/** Returns the containers that mount a volume with the right to write. */
function writers(pod: unknown, volume: unknown): unknown[] {
  const containers = ["initContainers", "containers"].flatMap((kind) => list(at(pod, kind)));
  return containers.filter((container) =>
    list(at(container, "volumeMounts")).some(
      (mount) => at(mount, "name") === at(volume, "name") && at(mount, "readOnly") !== true,
    ),
  );
}
