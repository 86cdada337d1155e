import type { V1Pod } from "@kubernetes/client-node";
import { ports } from "../../../components/contract";
import type { Signal } from "../../e2e/support/backends";
import type { Collector } from "../support/collector";
import { LocalMachine, localNode } from "../support/local";
import type { Configured } from "../support/testbed";
import type { Way } from "./options";

const sink = "127.83.51.1";
const load = (items: number): string => `127.83.52.${1 + (items % 250)}`;

/** The sending pod, at this machine's own source address: a pod of a Deployment, with usual labels. */
const sender: V1Pod = {
  metadata: {
    name: "checkout-6d4cf56db6-x2x4z",
    namespace: "shop",
    uid: "5c8d7a3e-94a3-4f49-bd73-2f2b6d3b8e11",
    resourceVersion: "1",
    labels: {
      "app.kubernetes.io/name": "checkout",
      "app.kubernetes.io/part-of": "shop",
      "pod-template-hash": "6d4cf56db6",
    },
    ownerReferences: [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "checkout-6d4cf56db6", uid: "a", controller: true },
    ],
  },
  spec: { nodeName: localNode, containers: [{ name: "app", image: "registry/checkout:1.42.0" }] },
  status: { phase: "Running", podIP: "127.0.0.1", startTime: new Date() },
};

/** The load's report of one run. */
export interface Pushed {
  readonly items: number;
  readonly bytes: number;
  readonly failed: number;
  readonly lastError: string;
  readonly seconds: number;
}

/** A load, a sink and the measured collectors, all on this machine. */
export class Scene {
  private readonly loads = new Map<number, Promise<void>>();
  private readonly addresses = new Map<string, string>();

  private constructor(private readonly machine: LocalMachine) {}

  /** Makes a scene for a measurement, and always removes it. */
  static async use(act: (scene: Scene) => Promise<void>): Promise<void> {
    await LocalMachine.use([sender], async (machine) => {
      await machine.startProbe(sink, ["sink"]);
      await act(new Scene(machine));
    });
  }

  sinkAddress(protocol: Way["protocol"]): string {
    return `http://${sink}:${protocol === "grpc" ? 4317 : 4318}`;
  }

  /** Bytes of all requests that the sink got. */
  async arrivedBytes(): Promise<number> {
    const response = await fetch(`http://${sink}:8080/counts`);
    return ((await response.json()) as { bytes: number }).bytes;
  }

  /** An address at which no server listens. */
  get deadAddress(): string {
    return `http://${sink}:4319`;
  }

  async start(configured: Readonly<Record<string, Configured>>): Promise<Map<string, Collector>> {
    const started = new Map<string, Collector>();
    for (const [i, [name, it]] of Object.entries(configured).entries()) {
      const address = `127.83.50.${i + 1}`;
      this.addresses.set(name, address);
      started.set(name, await this.machine.startCollector(address, it));
    }
    return started;
  }

  async stop(names: readonly string[]): Promise<void> {
    await this.machine.stop(names.map((name) => this.addresses.get(name) ?? ""));
  }

  /** Sends requests with a number of items each, at a steady rate that does not depend on the collector. */
  async push(
    collector: Collector,
    signal: Signal,
    items: number,
    requests: number,
    requestsPerSecond: number,
  ): Promise<Pushed> {
    const started = this.loads.get(items) ?? this.machine.startProbe(load(items), ["load", `--items=${items}`]);
    this.loads.set(items, started);
    await started;
    const parameters = new URLSearchParams({
      endpoint: `${collector.address}:${ports.otlpGrpc}`,
      signal,
      rate: String(requestsPerSecond),
      requests: String(requests),
    });
    const response = await fetch(`http://${load(items)}:8080/run?${parameters.toString()}`, { method: "POST" });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Pushed;
  }
}
