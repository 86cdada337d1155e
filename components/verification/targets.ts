import type { LogLevel } from "../collector";
import type { Signal } from "../contract";
import type { WantedInputs } from "./input-status";

/** What is verified: plain data without a credential, which the engine keeps in its state. */
export interface FlowTargets {
  readonly namespace: string;
  readonly collectors: readonly CollectorTarget[];
  readonly pipelines: readonly PipelineTarget[];
}

export type CollectorKind = "gateway" | "agent";

export interface CollectorTarget {
  readonly kind: CollectorKind;
  /** How its pods run. */
  readonly workload: "DaemonSet" | "Deployment";
  /** Also that by which its pods are labelled. */
  readonly name: string;
  /** What it pulls and can tell about. */
  readonly inputs?: readonly (keyof WantedInputs)[];
  /** What it logs; targets that an earlier version kept do not have it. */
  readonly logLevel?: LogLevel;
  /** Seconds between two questions to its kubelet, where it asks one. */
  readonly kubeletInterval?: number;
}

export interface PipelineTarget {
  readonly signal: Signal;
  readonly name: string;
  /** Where it stands in the user's configuration. */
  readonly path: string;
  /** Its exporter, which has the same id in every collector. */
  readonly exporter: string;
  /** `host:port` as far as others may know it; missing when the address is kept in a Secret. */
  readonly backend?: string;
  readonly canary: boolean;
  /** What is collected for it, if anything is. */
  readonly inputs?: WantedInputs;
  /** Names of the collectors that send its data. */
  readonly collectors: readonly string[];
}
