import { CoreV1Api, type KubeConfig, type V1ObjectReference } from "@kubernetes/client-node";

/** Bytes of an event's message at most, by Kubernetes' own rule. */
const longest = 1024;

export interface Happening {
  readonly type: "Normal" | "Warning";
  /** In one word: `UpdateRefused`. */
  readonly reason: string;
  readonly message: string;
  readonly about: V1ObjectReference;
}

/** Events of the cluster about what the manager does and finds. One that can't be written is not missed for long. */
export class Events {
  private readonly api: CoreV1Api;

  constructor(
    config: KubeConfig,
    private readonly instance: string,
  ) {
    this.api = config.makeApiClient(CoreV1Api);
  }

  async tell({ type, reason, message, about }: Happening): Promise<void> {
    const now = new Date();
    // Events about objects without a namespace are kept in this one.
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

export function shortened(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= longest
    ? message
    : `${bytes
        .subarray(0, longest - 4)
        .toString("utf8")
        .replace(/�*$/, "")}…`;
}
