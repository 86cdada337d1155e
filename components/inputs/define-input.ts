import type { types } from "@pulumi/kubernetes";
import type { z } from "zod";
import type { MonitorKind } from "../contract";
import type { ComponentChain, Components, PipelineModel } from "../collector";
import type { AnnotatedObject } from "./annotated-objects";
import type { LabelSelector, NamespaceSelection } from "../schema";
import type { ScrapeSettings } from "./scrape-settings";

export type PolicyRule = types.input.rbac.v1.PolicyRule;
export type EgressRule = types.input.networking.v1.NetworkPolicyEgressRule;

/**
 * Roles of the collectors that pull. Each node's collector collects the data of its node. Data of the whole cluster is
 * collected once: its state by one of two collectors, the API server's metrics by a single one, because the scraper
 * cannot wait for a lease.
 */
export const pullRoles = ["node", "cluster-state", "api-server"] as const;
export type PullRole = (typeof pullRoles)[number];

/** Rights of a collector. A rule without a namespace applies to the collector's own namespace. */
export interface Rights {
  readonly cluster: readonly PolicyRule[];
  readonly namespaces: readonly { readonly namespace?: string; readonly rules: readonly PolicyRule[] }[];
}

/** The setting that turns an input on. Several inputs may share a setting. */
interface InputSetting<
  Key extends string = string,
  Pipeline extends z.ZodType = z.ZodType,
  Stack extends z.ZodType = z.ZodType,
> {
  /** Name of the field in `metricPipelines[].input` and in `metric`. */
  readonly key: Key;
  /** The pipeline's part of the setting. It has a field `enabled`, and may have `namespaces`. */
  readonly pipeline: Pipeline;
  /** The stack's part of the setting, for all pipelines, with a field `collectionInterval`. */
  readonly stack: Stack;
  /** The setting of a pipeline that wants everything the input has, for code that computes the most rights. */
  readonly everything: z.input<Pipeline>;
}

/** A pipeline and its setting of an input that it has turned on. */
export interface Wanted<Selection> {
  readonly pipeline: PipelineModel;
  readonly selection: Selection;
}

/** Facts that an input needs besides the pipelines' settings. */
export interface Surroundings<Stack> {
  readonly stack: Stack;
  /** Seconds between two collections. */
  readonly interval: number;
  /** Settings that all scraping inputs share. */
  readonly scrape: ScrapeSettings;
  /** Whether workloads are in an Istio mesh. */
  readonly mesh: boolean;
  /** Namespace of the lease that decides which collector collects the cluster's state. */
  readonly leaseNamespace: string;
  /** Oldest minor version of API server and kubelets. If it is missing, inputs expect the tested version. */
  readonly kubernetesMinor?: number;
  /** Scrape jobs of the Prometheus Operator's monitors. */
  readonly monitorJobs: readonly MonitorJob[];
}

/** A scrape job that an endpoint of a ServiceMonitor or PodMonitor asks for. */
export interface MonitorJob {
  /** Ids of the pipelines that want it. */
  readonly pipelines: readonly string[];
  /** Seconds between two scrapes. */
  readonly interval: number;
  /** The scraper's configuration. Credentials are files in it. */
  readonly config: { readonly job_name: string };
  readonly target: MonitorTarget;
}

/** The settings that select a job's targets, so that a check can name a monitor without any target. */
export interface MonitorTarget {
  readonly kind: MonitorKind;
  readonly namespace: string;
  readonly name: string;
  /** Name of the job. */
  readonly job: string;
  /** Namespaces of the selected objects; missing for all. */
  readonly namespaces?: readonly string[];
  readonly selector: LabelSelector;
  /** Name or number of the port; missing for all ports. */
  readonly port?: string | number;
  /** The object that has the port. */
  readonly portOf: "service" | "container";
  /** Whether the monitor has rules that may drop targets. */
  readonly mayDrop?: true;
}

/** A part of a monitor that is not applied as the monitor asks. */
export interface MonitorProblem extends Pick<MonitorTarget, "kind" | "namespace" | "name"> {
  /** A clause that begins with the field. It never repeats a value, which could be a credential. */
  readonly why: string;
}

/** The components of a collector for one input, or for a part of it. All pipelines share them. */
export interface Collection<Selection> {
  /** Suffix of the part in component ids, where an input has several parts. The first part has none. */
  readonly part?: string;
  readonly receivers: Components;
  readonly extensions: Components;
  /** Processors of all the input's data, before Kubernetes metadata is added. */
  readonly processors: ComponentChain;
  /** Processors after Kubernetes metadata is added. They process the data of all inputs of the collector. */
  readonly enriched?: ComponentChain;
  /**
   * Returns the OTTL conditions of the input's data that the pipeline does not want; undefined if it wants no data of
   * this input.
   */
  select(wanted: Wanted<Selection>): readonly string[] | undefined;
  /** Sentences about wanted data that this version of Kubernetes cannot give. */
  readonly notes?: readonly string[];
}

/** How the health of an input is read. */
export type InputHealth =
  | {
      /** The scraping receiver serves the state of its targets on this port of the pod's loopback address. Each input has its own. */
      readonly kind: "targets";
      readonly port: number;
      /** A clause with the likely reason why the input has no target. */
      readonly noTargets: string;
      /** A sentence with the remedy for targets that answer 401 or 403. */
      readonly refused?: string;
      /** A sentence with the remedy for targets whose certificate is not trusted. */
      readonly untrusted?: string;
      /** A sentence with the remedy for pods of a mesh that close plain connections. */
      readonly onlyMesh?: string;
      /** A sentence with the remedy for targets that answer with a redirect; missing where all redirects are followed. */
      readonly redirected?: string;
      /** How annotated objects ask for this input; missing where none can. */
      readonly annotated?: {
        readonly isWanted: (object: AnnotatedObject) => boolean;
        /** A clause with the annotation because of which an object is not scraped; undefined if its annotations are right. */
        readonly fault: (object: AnnotatedObject) => string | undefined;
      };
      /** Whether its targets are those of monitors. */
      readonly monitors?: true;
    }
  | {
      /** The receiver pulls from the kubelet of each node, and logs failures. */
      readonly kind: "kubelet";
      /** Type of the receiver, which is its name in logs and metrics. */
      readonly receiver: string;
      /** A sentence with the remedy for an error of the receiver; empty where none is known. */
      readonly remedy: (error: string) => string;
    };

/** The complete definition of one kind of data that collectors pull. */
export interface InputDefinition<
  Name extends string = string,
  Key extends string = string,
  Pipeline extends z.ZodType = z.ZodType,
  Stack extends z.ZodType = z.ZodType,
> {
  /** Unique. Targets and status use it. */
  readonly name: Name;
  readonly setting: InputSetting<Key, Pipeline, Stack>;
  /** The collector that runs it. */
  readonly role: PullRole;
  /** The way to read its health; missing for an input that does not report its health. */
  readonly health?: InputHealth;
  /** Returns whether a pipeline that has turned the setting on wants data of this input. */
  isWanted(selection: z.output<Pipeline>): boolean;
  /**
   * Returns receivers and processors for the data that these pipelines want. Each of them wants some. An input whose
   * pipelines want different sources has several parts, so that each source is collected once.
   */
  collect(
    wanted: readonly Wanted<z.output<Pipeline>>[],
    around: Surroundings<z.output<Stack>>,
  ): Collection<z.output<Pipeline>> | readonly Collection<z.output<Pipeline>>[];
  /** Returns the rights that collecting requires, each with its reason. */
  rights(selections: readonly z.output<Pipeline>[], kubernetesMinor?: number): Rights;
  /** Returns the addresses from which it collects, besides name servers and the API server. */
  egress(scrape: ScrapeSettings): readonly EgressRule[];
}

/** Checks a definition's types. */
export function defineInput<
  Name extends string,
  Key extends string,
  Pipeline extends z.ZodType,
  Stack extends z.ZodType,
>(definition: InputDefinition<Name, Key, Pipeline, Stack>): InputDefinition<Name, Key, Pipeline, Stack> {
  return definition;
}

export const noRights: Rights = { cluster: [], namespaces: [] };

/** Returns a setting's part of component ids and of the scope's name: `apiServer` becomes `api-server`. */
export function idPart(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** Returns the namespaces that a pipeline has chosen for an input; all if the input offers no such choice. */
export function namespacesOf(selection: unknown): NamespaceSelection {
  return (selection as { readonly namespaces?: NamespaceSelection }).namespaces ?? {};
}
