import { CoreV1Api, type KubeConfig, type V1ObjectReference } from "@kubernetes/client-node";

/** The most bytes of an event's message. Kubernetes rejects longer ones. */
const mostMessageBytes = 1024;

/** The parts of an event that the manager chooses. */
export interface EventContent {
  readonly type: "Normal" | "Warning";
  /** One word, such as `UpdateRefused`. */
  readonly reason: string;
  readonly message: string;
  readonly about: V1ObjectReference;
}

/** Writes events of the cluster. An event that cannot be written is dropped: the log has the same content. */
export class Events {
  private readonly api: CoreV1Api;

  constructor(
    config: KubeConfig,
    private readonly instance: string,
  ) {
    this.api = config.makeApiClient(CoreV1Api);
  }

  async report({ type, reason, message, about }: EventContent): Promise<void> {
    const now = new Date();
    // Kubernetes keeps events about objects without a namespace in this one.
    const namespace = about.namespace ?? "default";
    const body = {
      metadata: { generateName: `${about.name ?? "telemetry"}.`, namespace },
      involvedObject: about,
      type,
      reason,
      message: shortened(message),
      source: { component: "telemetry-manager" },
      reportingComponent: "telemetry-manager",
      reportingInstance: this.instance,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    await this.api.createNamespacedEvent({ namespace, body }).catch(() => undefined);
  }
}

/** Shortens a message to the length that an event may have. */
export function shortened(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= mostMessageBytes
    ? message
    : `${bytes
        .subarray(0, mostMessageBytes - 4)
        .toString("utf8")
        .replace(/�*$/, "")}…`;
}
