import { isKept } from "./daemon-nodes";

/** A container that has run for long enough that its lines are read. */
export interface RunningContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly node: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly running?: { readonly startedAt?: unknown } };
}

/** Objects of the API, as far as running containers depend on them. */
interface ApiPod {
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly deletionTimestamp?: unknown };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Seconds after which every collector knows a new pod or container, also one whose own start takes a while. */
export const noticed = 60;

/** Whether a pod runs and is not being deleted. */
export const isRunning = ({ metadata = {}, status }: Pick<ApiPod, "metadata" | "status">): boolean =>
  status?.phase === "Running" && isKept({ metadata });

/**
 * Returns the containers that have run for a minute or longer, of running pods that are not being deleted.
 *
 * @param now in milliseconds since 1970
 */
export function runningContainers(pods: readonly ApiPod[], now: number): RunningContainer[] {
  return pods.filter(isRunning).flatMap(({ metadata = {}, spec, status = {} }) => {
    const { name: pod = "", namespace = "" } = metadata;
    const node = spec?.nodeName;
    if (node === undefined) return [];
    const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status;
    return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
      .filter(({ state }) => isSettled(state?.running?.startedAt, now))
      .map(({ name: container }) => ({ namespace, pod, container, node }));
  });
}

function isSettled(startedAt: unknown, now: number): boolean {
  if (startedAt === undefined || startedAt === null) return false;
  return now - new Date(startedAt as string).getTime() >= noticed * 1000;
}
