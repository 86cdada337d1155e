import type { Signal } from "./backends";
import { apply, kubectl, nodeNames, pods, type Pod } from "./kubectl";
import { eventually } from "./eventually";
import { probeImage } from "./probe";

export const senderNamespace = "e2e-senders";

export interface Counts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** Requests that were sent once more over a new connection, because the old one was closed without an answer. */
  readonly resent: number;
  readonly lastErrors: readonly string[];
}

export interface SenderOptions {
  readonly protocol: "grpc" | "http";
  /** `host:port` as applications would write it. */
  readonly endpoint: string;
  /** Requests per second and node. */
  readonly rate: number;
  /** Requests that each node sends. Default: it sends until it is stopped. */
  readonly requests?: number;
  readonly newConnections?: boolean;
  /** Default: metrics. */
  readonly signal?: Signal;
  /** The only node with a sender. Default: all nodes. */
  readonly node?: string;
  /** Points, spans or records in each request. Default: one. */
  readonly items?: number;
  /** Bytes to add to each item. */
  readonly padding?: number;
}

/**
 * One ordinary pod on each node that pushes items and counts the accepted ones. Each item has the sending pod's name in the
 * resource attribute `sender`.
 */
export class Senders {
  private constructor(
    private readonly name: string,
    private readonly senders: readonly Pod[],
    private readonly requests: number | undefined,
  ) {}

  static async start(name: string, options: SenderOptions): Promise<Senders> {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: senderNamespace } });
    await apply(
      daemonSet(name, options.node, [
        "send",
        `--endpoint=${options.endpoint}`,
        `--protocol=${options.protocol}`,
        `--rate=${options.rate}`,
        `--requests=${options.requests ?? 0}`,
        `--signal=${options.signal ?? "metrics"}`,
        `--items=${options.items ?? 1}`,
        `--padding=${options.padding ?? 0}`,
        "--attributes=service.name=e2e,sender=$(POD_NAME)",
        ...(options.newConnections ? ["--new-connections"] : []),
      ]),
    );
    await kubectl("-n", senderNamespace, "rollout", "status", `daemonset/${name}`, "--timeout=150s");
    const senders = await pods(senderNamespace, name);
    const nodes = options.node ? [options.node] : await nodeNames();
    if (senders.length !== nodes.length) throw new Error(`${senders.length} senders on ${nodes.length} nodes`);
    return new Senders(name, senders, options.requests);
  }

  get podNames(): string[] {
    return this.senders.map(({ metadata }) => metadata.name);
  }

  nodeOf(podName: string): string | undefined {
    return this.senders.find(({ metadata }) => metadata.name === podName)?.spec.nodeName;
  }

  /** Returns the results of the requests up to now, by the name of the sending pod. */
  async counts(): Promise<Map<string, Counts>> {
    return this.ask("/counts", "GET");
  }

  /** Ends the sending and returns the results of all requests, by the name of the sending pod. */
  async stop(): Promise<Map<string, Counts>> {
    return this.ask("/stop", "POST");
  }

  /** Waits until each node has sent its number of requests. Returns their results, by the name of the sending pod. */
  async sendAll(): Promise<Map<string, Counts>> {
    await eventually(async () => {
      for (const [pod, { sent }] of await this.counts()) {
        if (sent !== this.requests) throw new Error(`${pod} has sent ${sent} of ${this.requests ?? 0} requests`);
      }
    }, 150);
    return this.stop();
  }

  private async ask(path: string, method: "GET" | "POST"): Promise<Map<string, Counts>> {
    const counts = await Promise.all(
      this.senders.map(async ({ metadata, status }): Promise<[string, Counts]> => {
        const signal = AbortSignal.timeout(30_000);
        const response = await fetch(`http://${status.podIP}:8080${path}`, { method, signal });
        return [metadata.name, (await response.json()) as Counts];
      }),
    );
    return new Map(counts);
  }

  async remove(): Promise<void> {
    await kubectl("-n", senderNamespace, "delete", "daemonset", this.name, "--wait=true");
    await eventually(async () => {
      const left = await pods(senderNamespace, this.name);
      if (left.length > 0) throw new Error(`${left.length} senders are still there`);
    });
  }

  static async removeAll(): Promise<void> {
    await kubectl("delete", "namespace", senderNamespace, "--wait=true", "--ignore-not-found");
  }
}

function daemonSet(name: string, node: string | undefined, args: readonly string[]): object {
  const labels = { "app.kubernetes.io/name": name };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace: senderNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          ...(node && { nodeSelector: { "kubernetes.io/hostname": node } }),
          containers: [
            {
              name: "probe",
              image: probeImage,
              args,
              env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
              // Unanswered requests pile up. The limits keep the machine usable.
              resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
              readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}
