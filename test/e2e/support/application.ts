import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "./backends";
import { startProbes, type ProbePod } from "./probe";

/** The answer of a gateway. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The place of an application, and the labels and annotations of its pod. */
type Place = Pick<ProbePod, "namespace" | "node" | "hostNetwork" | "labels" | "annotations"> &
  Partial<Pick<ProbePod, "name">>;

/** A pod that pushes exactly what a test gives it. */
export class Application {
  private constructor(
    readonly namespace: string,
    readonly name: string,
    private readonly address: string,
  ) {}

  /** Starts one application in each namespace. */
  static async startIn(...namespaces: string[]): Promise<Application[]> {
    return Application.startAll(namespaces.map((namespace) => ({ namespace })));
  }

  static async startOn(node: string, namespace: string): Promise<Application> {
    const [application] = await Application.startAll([{ namespace, node }]);
    return application as Application;
  }

  static async startAll(places: readonly Place[]): Promise<Application[]> {
    const pods = places.map((place) => ({ name: "application", ...place, args: ["serve"] }));
    const addresses = await startProbes(pods);
    // The gateways learn the addresses of pods by a watch. They know no pod for data that comes before its event.
    await sleep(2000);
    return pods.map(({ namespace, name }, i) => new Application(namespace, name, addresses[i] ?? ""));
  }

  /** Pushes an OTLP request in JSON to the gateway. Throws unless the gateway accepts all of it. */
  async push(signal: Signal, request: object): Promise<void> {
    const { status, body } = await this.tryPush(signal, request);
    if (status !== 200 || body.includes('partialSuccess":{"')) throw new Error(`${signal}: ${status} ${body}`);
  }

  /**
   * Pushes once, and returns the answer. Nodes learn later than the API server which gateways are ready, so the application
   * tries again for a while if it cannot connect: nothing was sent then.
   */
  async tryPush(signal: Signal, request: object): Promise<Answer> {
    const url = `http://telemetry-otlp.telemetry:4318/v1/${signal}`;
    for (const end = Date.now() + 30_000; ; await sleep(500)) {
      const text = await this.post(url, JSON.stringify(request));
      const [, status, body = ""] = /^(\d+) (.*)$/s.exec(text) ?? [];
      if (status !== undefined) return { status: Number(status), body };
      if (!text.includes(": dial tcp") || Date.now() > end) {
        throw new Error(`${this.namespace}/${this.name} could not reach ${url}: ${text}`);
      }
    }
  }

  private async post(url: string, body: string): Promise<string> {
    const response = await fetch(`http://${this.address}:8080/post?url=${encodeURIComponent(url)}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    return response.text();
  }
}
