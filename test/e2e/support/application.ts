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
    return pods.map(({ namespace, name }, i) => new Application(namespace, name, addresses[i] ?? ""));
  }

  /** Pushes an OTLP request in JSON to the gateway. Throws unless the gateway accepts all of it. */
  async push(signal: Signal, request: object): Promise<void> {
    const { status, body } = await this.tryPush(signal, request);
    if (status !== 200 || body.includes('partialSuccess":{"')) throw new Error(`${signal}: ${status} ${body}`);
  }

  async tryPush(signal: Signal, request: object): Promise<Answer> {
    const url = `http://telemetry-otlp.telemetry:4318/v1/${signal}`;
    const response = await fetch(`http://${this.address}:8080/post?url=${encodeURIComponent(url)}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(20_000),
    });
    const [, status, body = ""] = /^(\d+) (.*)$/s.exec(await response.text()) ?? [];
    if (status === undefined) throw new Error(`${this.namespace}/${this.name} could not reach ${url}`);
    return { status: Number(status), body };
  }
}
