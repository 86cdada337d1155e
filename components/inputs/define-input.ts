import type { types } from "@pulumi/kubernetes";
import type { z } from "zod";
import type { ComponentChain, Components, PipelineModel } from "../collector";
import type { NamespaceSelection } from "../schema";
import type { ScrapeSettings } from "./scrape-settings";

export type PolicyRule = types.input.rbac.v1.PolicyRule;
export type EgressRule = types.input.networking.v1.NetworkPolicyEgressRule;

/**
 * The collectors that pull. What is on a node is collected there; what the whole cluster has one of is collected once:
 * its state by one of two, the API server's metrics by one, because the scraper cannot wait for a lease.
 */
export const pullRoles = ["node", "cluster-state", "api-server"] as const;
export type PullRole = (typeof pullRoles)[number];

/** Rights of a collector; rules without a namespace are for its own. */
export interface Rights {
  readonly cluster: readonly PolicyRule[];
  readonly namespaces: readonly { readonly namespace?: string; readonly rules: readonly PolicyRule[] }[];
}

/** The setting that turns an input on. Several inputs may share one. */
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

/** A pipeline, and its setting of an input that it has turned on. */
export interface Wanted<Selection> {
  readonly pipeline: PipelineModel;
  readonly selection: Selection;
}

/** Facts that an input needs besides the pipelines' settings. */
export interface Surroundings<Stack> {
  readonly stack: Stack;
  /** Seconds between two collections. */
  readonly interval: number;
  /** What all inputs that scrape have in common. */
  readonly scrape: ScrapeSettings;
  /** Whether workloads are in an Istio mesh. */
  readonly mesh: boolean;
  /** Namespace of the lease that decides who collects the cluster's state. */
  readonly leaseNamespace: string;
}

/** What a collector has for one input, the same for every pipeline. */
export interface Collection<Selection> {
  readonly receivers: Components;
  readonly extensions: Components;
  /** Run once on all of its data, before Kubernetes metadata is added. */
  readonly processors: ComponentChain;
  /** Run once on all of its data, after that. */
  readonly enriched?: ComponentChain;
  /** Drops data that the pipeline does not want; undefined if the pipeline wants none of this input. */
  select(wanted: Wanted<Selection>): ComponentChain | undefined;
}

/** How the health of an input is read. */
export type InputHealth =
  | {
      /** The scraping receiver serves the state of its targets on this port of the pod's loopback address. */
      readonly kind: "targets";
      readonly port: number;
      /** A clause with the likely reason why the input has no target. */
      readonly noTargets: string;
      /** A sentence for an input that has no target although `annotated` objects ask for it; missing where none can. */
      readonly unscraped?: (annotated: number) => string;
    }
  | {
      /** The receiver pulls from the kubelet of each node, and logs what fails. */
      readonly kind: "kubelet";
      /** Type of the receiver, which is its name in logs and metrics. */
      readonly receiver: string;
      /** A sentence with the remedy for an error of the receiver; empty where none is known. */
      readonly remedy: (error: string) => string;
    };

/** One kind of data that collectors pull: everything that this program knows about it. */
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
  /** How its health is read; missing for an input that does not report its health. */
  readonly health?: InputHealth;
  /** Whether a pipeline that has turned the setting on wants something of this input. */
  isWanted(selection: z.output<Pipeline>): boolean;
  /** Receivers and processors for what these pipelines want; each of them wants something. */
  collect(
    wanted: readonly Wanted<z.output<Pipeline>>[],
    around: Surroundings<z.output<Stack>>,
  ): Collection<z.output<Pipeline>>;
  /** The rights that collecting needs, each with the reason for it. */
  rights(selections: readonly z.output<Pipeline>[]): Rights;
  /** What collectors reach to collect, beyond name servers and the API server. */
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

/** Part of component ids and of the scope's name, from a setting's key: `apiServer` is `api-server`. */
export function idPart(key: string): string {
  return key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** The namespaces that a pipeline has chosen for an input; all where the input has no such choice. */
export function namespacesOf(selection: unknown): NamespaceSelection {
  return (selection as { readonly namespaces?: NamespaceSelection }).namespaces ?? {};
}
