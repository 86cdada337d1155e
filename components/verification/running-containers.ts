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

/** Seconds after which a container counts. The log agent looks for new files every second, and a start takes a while. */
const settled = 60;

/**
 * Returns the containers that have run for a minute or longer, of running pods that are not being deleted.
 *
 * @param now in milliseconds since 1970
 */
export function runningContainers(pods: readonly ApiPod[], now: number): RunningContainer[] {
  return pods.flatMap(({ metadata = {}, spec, status = {} }) => {
    const { name: pod = "", namespace = "", deletionTimestamp } = metadata;
    const node = spec?.nodeName;
    if (node === undefined || status.phase !== "Running" || deletionTimestamp !== undefined) return [];
    const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status;
    return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses]
      .filter(({ state }) => isSettled(state?.running?.startedAt, now))
      .map(({ name: container }) => ({ namespace, pod, container, node }));
  });
}

function isSettled(startedAt: unknown, now: number): boolean {
  if (startedAt === undefined || startedAt === null) return false;
  return now - new Date(startedAt as string).getTime() >= settled * 1000;
}
