import type { AnnotatedObject } from "../inputs";
import type { CrowdedObject } from "./crowded-objects";
import type { LateLine } from "./late-lines";
import type { MonitoredJob } from "./read-monitored";
import type { RunningContainer } from "./running-containers";
import type { UnreadableFile } from "./unreadable-files";

/** A target in the view of the collector that scrapes it. */
export interface ScrapedTarget {
  /** Name of the input. */
  readonly input: string;
  readonly url: string;
  /** Name of its scrape job. */
  readonly job?: string;
  readonly namespace?: string;
  readonly pod?: string;
  /** The Service through which it was found. */
  readonly service?: string;
  /** Whether its pod has a proxy of a mesh that takes mutual TLS. */
  readonly inMesh?: true;
  /** Whether its pod has the network of its node. */
  readonly onNodeNetwork?: true;
  /** `unknown` until the first scrape. */
  readonly health: "up" | "down" | "unknown";
  /** Cause of the last failure, in the scraper's words. */
  readonly error: string;
}

/** Metrics that the collector of one node got from its kubelet. */
export interface KubeletReading {
  readonly pod: string;
  /** Data points since the collector started. */
  readonly points: number;
  /** Cause of the last failed request, in the receiver's words. */
  readonly error?: string;
}

/** A part of a container's line that exceeded the limit of a line. */
export interface LongLine {
  /** Id of the receiver, which is one for each pipeline. */
  readonly receiver: string;
  /** `NAMESPACE/POD (CONTAINER)`. */
  readonly container: string;
}

/** Containers, and what the log agents report about their files. */
export interface ContainerLogEvidence {
  /** Lines that exceeded the limit in the last hour. */
  readonly longLines: readonly LongLine[];
  /** Lines that were read late in the last minutes. */
  readonly lateLines: readonly LateLine[];
  /** Files that could not be read in the last hour. */
  readonly unreadable: readonly UnreadableFile[];
  /** Containers that have run for a minute or longer, without the stack's collectors; missing if they cannot be read. */
  readonly containers?: readonly RunningContainer[];
  /** Nodes with a ready log agent. */
  readonly agentNodes: readonly string[];
}

/** State of the inputs of all collectors. */
export interface InputEvidence {
  readonly targets: readonly ScrapedTarget[];
  readonly kubelets: readonly KubeletReading[];
  /** Running Pods, and Services, with annotations for scraping. */
  readonly annotated: readonly AnnotatedObject[];
  /** Pods and Services with so many annotations and labels that agents need long to find targets. */
  readonly crowded?: readonly CrowdedObject[];
  /** The pods of the jobs of monitors. */
  readonly monitored?: readonly MonitoredJob[];
  /** Missing without a ready log agent. */
  readonly containerLogs?: ContainerLogEvidence;
  /** Nodes whose agents were read, for all of their inputs. */
  readonly nodes: readonly string[];
  /** Whether the targets of some ready agents are missing, because these agents did not answer in time. */
  readonly isPartial?: boolean;
}
