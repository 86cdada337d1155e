import { ports } from "../../../components/contract";
import type { Signal } from "../../e2e/support/backends";
import { probeImage } from "../../e2e/support/probe";
import type { Collector } from "../support/collector";
import { Testbed, type Configured } from "../support/testbed";
import type { Way } from "./options";

const namespace = "bench-gateway";
const enrichmentRules = [
  { apiGroups: [""], resources: ["pods", "namespaces", "nodes"], verbs: ["get", "list", "watch"] },
];

/** What the load says of one run. */
export interface Pushed {
  readonly items: number;
  readonly bytes: number;
  readonly failed: number;
  readonly lastError: string;
  readonly seconds: number;
}

/**
 * One node with a load, a sink and whatever collectors are measured. All of them are on the node of the load, because
 * that is where enrichment finds it.
 */
export class Scene {
  private constructor(
    private readonly testbed: Testbed,
    private readonly load: string,
    private readonly sink: string,
  ) {}

  /** Makes one, and removes it whatever happens. */
  static async use(items: number, act: (scene: Scene) => Promise<void>): Promise<void> {
    try {
      await act(await Scene.make(items));
    } finally {
      await Testbed.remove(namespace);
    }
  }

  private static async make(items: number): Promise<Scene> {
    const testbed = await Testbed.make(namespace, enrichmentRules);
    const [load = "", sink = ""] = await testbed.startPods([
      probe("load", testbed.node, ["load", `--items=${items}`]),
      probe("sink", testbed.node, ["sink"]),
    ]);
    return new Scene(testbed, load, sink);
  }

  sinkAddress(protocol: Way["protocol"]): string {
    return `http://${this.sink}:${protocol === "grpc" ? 4317 : 4318}`;
  }

  /** Bytes of all requests that the sink got. */
  async arrivedBytes(): Promise<number> {
    const response = await fetch(`http://${this.sink}:8080/counts`);
    return ((await response.json()) as { bytes: number }).bytes;
  }

  /** An address where nobody listens. */
  get deadAddress(): string {
    return `http://${this.sink}:4319`;
  }

  async start(configured: Readonly<Record<string, Configured>>): Promise<Map<string, Collector>> {
    return this.testbed.startCollectors(configured);
  }

  async stop(names: readonly string[]): Promise<void> {
    await this.testbed.stopCollectors(names);
  }

  /** Sends at a steady rate; throws when the collector refused something, because that is no measurement. */
  async push(collector: Collector, signal: Signal, requestsPerSecond: number, seconds: number): Promise<Pushed> {
    const parameters = new URLSearchParams({
      endpoint: `${collector.address}:${ports.otlpGrpc}`,
      signal,
      rate: String(requestsPerSecond),
      requests: String(Math.round(requestsPerSecond * seconds)),
    });
    const response = await fetch(`http://${this.load}:8080/run?${parameters.toString()}`, { method: "POST" });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Pushed;
  }
}

function probe(name: string, node: string, args: readonly string[]) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "bench" } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name,
          image: probeImage,
          args,
          readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  };
}
