import type * as k8s from "@pulumi/kubernetes";
import type { CollectorPlan } from "../plan";

/** Names of the volumes with files of the node. */
const hostVolume = { read: "node-files", write: "node-state" } as const;

/** Returns the volumes with the files of the node that a collector reads and writes. */
export function hostVolumes({ hostFiles }: CollectorPlan): k8s.types.input.core.v1.Volume[] {
  if (hostFiles === undefined) return [];
  return [
    { name: hostVolume.read, hostPath: { path: hostFiles.read, type: "Directory" } },
    { name: hostVolume.write, hostPath: { path: hostFiles.write.path, type: "DirectoryOrCreate" } },
  ];
}

/** Returns where the container of a collector has these volumes. */
export function hostMounts({ hostFiles }: CollectorPlan): k8s.types.input.core.v1.VolumeMount[] {
  if (hostFiles === undefined) return [];
  return [
    { name: hostVolume.read, mountPath: hostFiles.read, readOnly: true },
    { name: hostVolume.write, mountPath: hostFiles.write.mountPath },
  ];
}
