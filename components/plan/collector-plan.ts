import type { LogLevel } from "../collector";
import type { EgressRule, InputDefinition, Rights } from "../inputs";
import type { CollectorKind } from "../contract";
import { contentName } from "./names";
import type { PlannedPipeline } from "./models";
import type { Proxy, SeLinuxOptions } from "../settings";
import type { CollectorResources } from "../sizing";

/** How a collector's pods are spread and replaced. */
export interface PlannedWorkload {
  readonly kind: "DaemonSet" | "Deployment";
  /** Number of pods; only for a Deployment. */
  readonly replicas?: number;
  readonly rollingUpdate: { readonly maxSurge: number | string; readonly maxUnavailable: number | string };
  /** Seconds between the pod's removal from its Services and its end. */
  readonly drainSeconds: number;
}

/** The traffic that a collector's network policy allows, besides name servers and the API server. */
export interface PlannedNetwork {
  /** Whether every pod of the cluster may push to it. */
  readonly takesPushed: boolean;
  /** The targets of its inputs. */
  readonly targets: readonly EgressRule[];
  /** Ids of the pipelines to whose backends it sends. */
  readonly backendsOf: readonly string[];
  /** CIDRs that the user names. */
  readonly cidrs: readonly string[];
  /** The proxy to backends outside the cluster. */
  readonly proxy?: Proxy;
}

/** Files of the node that a collector mounts. Its container runs as the node's root user, without any capability. */
interface PlannedHostFiles {
  /** Folder of the node that it reads, under the same path. */
  readonly read: string;
  /** Folder of the node that it writes, which the kubelet creates. */
  readonly write: { readonly path: string; readonly mountPath: string };
  /** SELinux label with which it may do so. Missing for the one that the container runtime chooses. */
  readonly seLinuxOptions?: SeLinuxOptions;
}

/** All decisions about one collector, taken before any object is made: plain data, the same for gateway and agents. */
export interface CollectorPlan {
  readonly kind: CollectorKind;
  /** Namespace of its objects, if it is not the stack's. */
  readonly namespace?: string;
  /** Name of its workload, of all its objects, and of its pods in labels. */
  readonly name: string;
  /** Suffix of the engine's names of its resources. */
  readonly suffix: string;
  readonly workload: PlannedWorkload;
  /** The collector's configuration, as YAML. It holds no credentials. */
  readonly configuration: string;
  readonly resources: CollectorResources;
  /** Memory limit in bytes that the queues with a size from users require, if they do not fit into the user's limit. */
  readonly requiredMemory?: number;
  /** Percent by which the heap may grow before garbage is collected. Go's default is 100. */
  readonly gcPercent?: number;
  readonly image: string;
  /** Feature gates that the collector turns on. */
  readonly featureGates?: readonly string[];
  /** Missing for a collector that mounts no files of its node. */
  readonly hostFiles?: PlannedHostFiles;
  readonly logLevel: LogLevel;
  readonly rights: Rights;
  readonly network: PlannedNetwork;
  /** Whether its pods get a proxy of the mesh, for its certificates and for backends in the mesh. */
  readonly inMesh: boolean;
  /** Description of the priority class: the reason why its pods are more important than others. */
  readonly priorityDescription: string;
  /** The pipelines whose data it sends. */
  readonly served: readonly PlannedPipeline[];
  /** The inputs that it runs. */
  readonly inputs: readonly InputDefinition[];
  /** Number of receivers of inputs that have several, by the name of the input. */
  readonly parts: Readonly<Record<string, number>>;
  /** Seconds between two collections, by the key of an input's setting. */
  readonly intervals: Readonly<Record<string, number>>;
  /** Sentences about wanted data that this version of Kubernetes cannot give. */
  readonly notes: readonly string[];
  /** Changes whenever something about the collector changes that decides whether data flows. */
  readonly revision: string;
}

/** Returns a hash of everything that a collector is made from. */
export function revision(configuration: string, resources: object, workload: object): string {
  return contentName("r", JSON.stringify([configuration, resources, workload]));
}
