import type { LogLevel } from "../collector";
import { retrySeconds as defaultRetrySeconds, type CollectorKind, type Signal } from "../contract";
import type { ContainerLogsSelection, MonitorProblem, MonitorTarget } from "../inputs";
import type { WantedInputs } from "./input-status";

/** The objects of a check: plain data without credentials, which the engine stores in its state. */
export interface FlowTargets {
  readonly namespace: string;
  readonly collectors: readonly CollectorTarget[];
  readonly pipelines: readonly PipelineTarget[];
}

export interface CollectorTarget {
  readonly kind: CollectorKind;
  /** Namespace of its objects, if it is not that of the stack. */
  readonly namespace?: string;
  /** Kind of its workload. */
  readonly workload: "DaemonSet" | "Deployment";
  /** Name of its workload, and value of the name label of its pods. */
  readonly name: string;
  /** Its inputs whose state can be read. */
  readonly inputs?: readonly string[];
  /** Number of receivers of inputs that have several, by the name of the input. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Its log level. Targets that an earlier version stored lack it. */
  readonly logLevel?: LogLevel;
  /** Seconds between two questions to its kubelet, where it asks one. */
  readonly kubeletInterval?: number;
}

export interface PipelineTarget {
  readonly signal: Signal;
  readonly name: string;
  /** Path in the user's configuration. */
  readonly path: string;
  /** Id of its exporter, which is the same in every collector. */
  readonly exporter: string;
  /** `host:port`; missing if the address is in a Secret. */
  readonly backend?: string;
  /** Seconds for which a batch is retried. Targets that an earlier version stored lack it. */
  readonly retrySeconds?: number;
  /** Whether the user has set the size of its queue. */
  readonly ownQueue?: true;
  readonly canary: boolean;
  /** Missing if the pipeline collects nothing. */
  readonly inputs?: WantedInputs;
  /** The container logs that it takes, if any. Targets that an earlier version stored have `true`. */
  readonly containerLogs?: true | Pick<ContainerLogsSelection, "namespaces" | "containers">;
  /** Jobs of monitors whose data the pipeline wants. */
  readonly monitors?: readonly MonitorTarget[];
  /** The parts of its monitors that are not applied as they ask. */
  readonly monitorProblems?: readonly MonitorProblem[];
  /** Names of the collectors that send its data to the backend. */
  readonly collectors: readonly string[];
}

/** Returns a collector of the pipeline whose log has no warnings, if there is one. */
export function hidingWarnings(
  { collectors }: Pick<FlowTargets, "collectors">,
  target: PipelineTarget,
): CollectorTarget | undefined {
  return collectors.find(({ name, logLevel }) => target.collectors.includes(name) && logLevel === "error");
}

/** Returns the seconds for which collectors retry a batch of the pipeline. */
export function retriesOf({ retrySeconds = defaultRetrySeconds }: Pick<PipelineTarget, "retrySeconds">): number {
  return retrySeconds;
}

/** Returns the namespace of a collector's objects. */
export function namespaceOf(
  { namespace }: Pick<FlowTargets, "namespace">,
  collector: Pick<CollectorTarget, "namespace"> | undefined,
): string {
  return collector?.namespace ?? namespace;
}
