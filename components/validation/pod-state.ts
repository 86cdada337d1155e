import type { V1Pod } from "@kubernetes/client-node";

/** Progress of a pod that runs once. */
export type PodState =
  | {
      readonly state: "pending";
      readonly why?: string;
      /** The scheduler has found no node. */
      readonly isUnschedulable?: true;
    }
  | { readonly state: "ended"; readonly exitCode: number; readonly reason?: string }
  | Trouble;

/** The reason why there is no verdict, and the remedy, both without a full stop. */
export interface Trouble {
  readonly state: "trouble";
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Returns the state of one container. The cluster may have added other containers, which need not end. `collector` is
 * the name of the settings of the pod.
 */
export function stateOf({ spec, status = {} }: V1Pod, container: string, collector: string): PodState {
  const { terminated, waiting } = status.containerStatuses?.find(({ name }) => name === container)?.state ?? {};
  if (terminated?.reason === "OOMKilled") {
    return trouble("ran out of memory", `Raise ${collector}.resources.limits.memory`);
  }
  if (terminated) {
    const isStarted = terminated.reason === "Completed" || terminated.reason === "Error";
    return isStarted
      ? { state: "ended", exitCode: terminated.exitCode }
      : trouble(`could not be started (${words(terminated)})`, "Check that the image is one of the collector");
  }
  if (status.phase === "Failed") return trouble(`was ended by the cluster (${words(status)})`, "Remove the cause");
  const why = waiting?.reason ? words(waiting) : undefined;
  switch (waiting?.reason ?? "") {
    case "ImagePullBackOff":
    case "InvalidImageName":
    case "ErrImageNeverPull":
      return trouble(
        `did not get its image (${why})`,
        `Correct ${collector}.image, or give the pods access to its registry by ${collector}.imagePullSecrets`,
      );
    case "CreateContainerConfigError":
    case "CreateContainerError":
    case "RunContainerError":
      return trouble(`could not be started (${why})`, "Remove the cause");
  }
  const unscheduled = status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) {
    const isUnschedulable = unscheduled.reason === "Unschedulable";
    return { state: "pending", why: words(unscheduled), ...(isUnschedulable && { isUnschedulable }) };
  }
  // The kubelet sets the start time as soon as it knows of the pod.
  if (spec?.nodeName && status.startTime === undefined) {
    return { state: "pending", why: `node ${spec.nodeName} has not taken it up` };
  }
  return { state: "pending", why };
}

export function trouble(problem: string, remedy: string): Trouble {
  return { state: "trouble", problem, remedy };
}

const words = ({ reason, message }: { reason?: string; message?: string }): string =>
  [reason, message].filter(Boolean).join(": ") || "no reason given";
