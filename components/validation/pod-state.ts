import type { V1Pod } from "@kubernetes/client-node";

/** Progress of a pod that runs once. */
export type PodState =
  | { readonly state: "pending"; readonly why?: string }
  | { readonly state: "ended"; readonly exitCode: number; readonly reason?: string }
  | Trouble;

/** The reason why there is no verdict, and the remedy, both without a full stop. */
export interface Trouble {
  readonly state: "trouble";
  readonly problem: string;
  readonly remedy: string;
}

/** Returns the state of one container. The cluster may have added other containers, which need not end. */
export function stateOf({ spec, status = {} }: V1Pod, container: string): PodState {
  const { terminated, waiting } = status.containerStatuses?.find(({ name }) => name === container)?.state ?? {};
  if (terminated?.reason === "OOMKilled") {
    return trouble("ran out of memory", "Raise resources.limits.memory of the workload");
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
        "Correct the image, or give the pods access to its registry by `imagePullSecrets` next to `image`",
      );
    case "CreateContainerConfigError":
    case "CreateContainerError":
    case "RunContainerError":
      return trouble(`could not be started (${why})`, "Remove the cause");
  }
  const unscheduled = status.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) return { state: "pending", why: words(unscheduled) };
  // The kubelet sets the start time as soon as it knows of the pod.
  if (spec?.nodeName && status.startTime === undefined) {
    return { state: "pending", why: `node ${spec.nodeName} has not taken it up` };
  }
  return { state: "pending", why };
}

function trouble(problem: string, remedy: string): Trouble {
  return { state: "trouble", problem, remedy };
}

const words = ({ reason, message }: { reason?: string; message?: string }): string =>
  [reason, message].filter(Boolean).join(": ") || "no reason given";

/** Returns why the API server rejected the pod if a setting of the workload is the cause or the remedy. */
function rejectedForSetting(detail: string, namespace: string): Trouble | undefined {
  if (/must specify .*limits\.cpu/.test(detail)) {
    return trouble(
      `has no CPU limit, which the quota of namespace ${namespace} requires (${detail})`,
      "Set gateway.resources.limits.cpu and agent.resources.limits.cpu",
    );
  }
  if (/no PriorityClass with name/.test(detail)) {
    return trouble(
      `has a priority class that the cluster does not have (${detail})`,
      "Create it, or correct gateway.priorityClassName or agent.priorityClassName",
    );
  }
  if (/insufficient quota to match these scopes/.test(detail)) {
    return trouble(
      `has a priority class for which namespace ${namespace} needs a quota (${detail})`,
      "Create a ResourceQuota there whose scopeSelector names that class, or name another class in " +
        "gateway.priorityClassName or agent.priorityClassName",
    );
  }
  return undefined;
}

/** Returns why the API server refused a request. `what` is the action, such as `create Pods`. */
export function refusalOf(code: number | undefined, detail: string, what: string, namespace: string): Trouble {
  if (code === undefined) {
    return trouble(`could not be run: the cluster does not answer (${detail})`, "Check the kubeconfig and the network");
  }
  const rejected = rejectedForSetting(detail, namespace);
  if (rejected) return rejected;
  if (/exceeded quota/.test(detail)) {
    return trouble(`did not fit the quota of namespace ${namespace} (${detail})`, "Raise the quota");
  }
  if (/violates PodSecurity|admission webhook|denied the request|ValidatingAdmissionPolicy/.test(detail)) {
    return trouble(
      `was not admitted (${detail})`,
      "The collectors' own pods would not be either: change the rule or what the workload's settings add to pods",
    );
  }
  if (code === 401) {
    return trouble(
      `could not be run: the API server does not accept the login (${detail})`,
      "Check that the login in the kubeconfig is still valid",
    );
  }
  if (code === 403) {
    return trouble(
      `could not be run: you may not ${what} in namespace ${namespace} (${detail})`,
      "Get the right to create, get and delete pods and configmaps and to get pods/log there, or set telemetry:validation.mode to local",
    );
  }
  return trouble(`could not be run: the API server refused to ${what} (${detail})`, "Remove the cause");
}
