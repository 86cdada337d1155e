import { ApisApi, CoreV1Api, CustomObjectsApi, SchedulingV1Api, VersionApi } from "@kubernetes/client-node";
import { type ClusterAccess, loadKubeConfig, unlessThrottled, withTimeLimit } from "../cluster-access";
import { operatorApi } from "../contract";
import { mayHaveOlderKubelets, readOldestKubelet } from "./kubelet-versions";
import { type NamespaceFacts, readCollectorNamespaces, readNamespaceFacts } from "./namespace-facts";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "cluster-facts": Job<FactsRequest, ClusterFacts>;
  }
}

/** The cluster, and the objects to look for in it. */
export interface FactsRequest extends ClusterAccess {
  /** Namespaces that the stack names. */
  readonly namespaces?: readonly string[];
  /** Namespaces from which pipelines take data. */
  readonly sources?: readonly string[];
  /** Names of PriorityClasses. */
  readonly priorityClasses?: readonly string[];
  /** The stack whose collectors to look for, as the annotations of namespaces have it. */
  readonly collectorsOf?: string;
  /** The minor version before which kubelets lack something that is wanted. */
  readonly kubeletsSince?: number;
}

/** Facts that decide which objects the program makes. */
export interface ClusterFacts {
  /** Names of the API server's groups. */
  readonly groups: readonly string[];
  /** Kinds of the Prometheus Operator that the API server has. */
  readonly operatorKinds: readonly string[];
  /** The cluster's identity by OpenTelemetry's conventions: the uid of `kube-system`; missing without the right to read it. */
  readonly uid?: string;
  /** Minor version of the API server: 31 for Kubernetes 1.31. Missing if the server does not report it as a number. */
  readonly kubernetesMinor?: number;
  /** Oldest minor version of the kubelets. Missing if it makes no difference, or cannot be read. */
  readonly oldestKubeletMinor?: number;
  /** Facts about the requested namespaces, by name. Namespaces without the right to read them are left out. */
  readonly namespaces?: Readonly<Record<string, NamespaceFacts>>;
  /** Those of the requested sources that do not exist. Namespaces without the right to read them are left out. */
  readonly missingSources?: readonly string[];
  /** Those of the requested PriorityClasses that do not exist. Classes without the right to read them are left out. */
  readonly missingPriorityClasses?: readonly string[];
  /** Namespaces in which the requested stack has collectors. Missing without the rights to read them. */
  readonly collectorNamespaces?: readonly string[];
}

/** Time for retries in milliseconds, within the time limit of the job. */
const patience = 10_000;

/** Time for the list of all nodes in milliseconds. In a cluster with too many, the API server's version has to do. */
const nodesPatience = 4_000;

/** Reads everything in one process, because each process takes a second of an update. */
export async function readClusterFacts(request: FactsRequest): Promise<ClusterFacts> {
  const config = loadKubeConfig(request);
  const [apis, kinds, core, scheduling, versions] = [
    config.makeApiClient(ApisApi),
    config.makeApiClient(CustomObjectsApi),
    config.makeApiClient(CoreV1Api),
    config.makeApiClient(SchedulingV1Api),
    config.makeApiClient(VersionApi),
  ];
  const { namespaces: names = [], sources = [], priorityClasses = [], collectorsOf, kubeletsSince } = request;
  const until = Date.now() + patience;
  const [{ groups }, operatorKinds, uid, kubernetesMinor, namespaces, missingSources, inUse, missing] =
    await Promise.all([
      unlessThrottled(() => apis.getAPIVersions(), until),
      unlessThrottled(() => kinds.getAPIResources(operatorApi), until)
        .then(({ resources }) => resources.map(({ kind }) => kind))
        .catch(insteadOf([404], [])),
      unlessThrottled(() => core.readNamespace({ name: "kube-system" }), until)
        .then(({ metadata }) => metadata?.uid)
        .catch(insteadOf([403, 404], undefined)),
      unlessThrottled(() => versions.getCode(), until)
        .then(minorOf)
        .catch(insteadOf([401, 403, 404], undefined)),
      Promise.all(
        names.map((name) =>
          unlessThrottled(() => readNamespaceFacts(core, name), until)
            .catch(insteadOf<NamespaceFacts>([404], { status: "missing" }))
            .then((facts): [string, NamespaceFacts][] => [[name, facts]])
            .catch(insteadOf([403], [])),
        ),
      ),
      missingOf(sources, (name) => unlessThrottled(() => core.readNamespace({ name }), until)),
      collectorsOf === undefined
        ? undefined
        : unlessThrottled(() => readCollectorNamespaces(core, collectorsOf), until).catch(
            insteadOf([403, 404], undefined),
          ),
      missingOf(priorityClasses, (name) => unlessThrottled(() => scheduling.readPriorityClass({ name }), until)),
    ]);
  const oldestKubeletMinor =
    kubeletsSince !== undefined && mayHaveOlderKubelets(kubeletsSince, kubernetesMinor)
      ? await withTimeLimit(readOldestKubelet(core), nodesPatience, "too many nodes").catch(() => undefined)
      : undefined;
  return {
    groups: groups.map(({ name }) => name),
    operatorKinds,
    ...(uid !== undefined && { uid }),
    ...(kubernetesMinor !== undefined && { kubernetesMinor }),
    ...(oldestKubeletMinor !== undefined && { oldestKubeletMinor }),
    namespaces: Object.fromEntries(namespaces.flat()),
    missingSources,
    missingPriorityClasses: missing,
    ...(inUse !== undefined && { collectorNamespaces: inUse }),
  };
}

/** Returns the names that do not exist. Names without the right to read them are left out. */
async function missingOf(names: readonly string[], read: (name: string) => Promise<unknown>): Promise<string[]> {
  const missing = await Promise.all(
    names.map((name) =>
      read(name)
        .then((): string[] => [])
        .catch(insteadOf([404], [name]))
        .catch(insteadOf([403], [])),
    ),
  );
  return missing.flat();
}

/** Returns the minor version; some clouds add a plus sign. Major versions other than 1 have no meaning yet. */
export function minorOf({ major, minor }: { readonly major: string; readonly minor: string }): number | undefined {
  const parsed = Number.parseInt(minor, 10);
  return major === "1" && !Number.isNaN(parsed) ? parsed : undefined;
}

/** Returns a value instead of an error with one of these HTTP statuses. */
function insteadOf<T>(statuses: readonly number[], value: T): (error: unknown) => T {
  return (error) => {
    if (statuses.includes((error as { code?: number }).code ?? 0)) return value;
    throw error;
  };
}
