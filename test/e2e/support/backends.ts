import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apply, kubectl } from "./kubectl";
import { putSecret, startProbes } from "./probe";

export const backendNamespace = "e2e-backends";

/** One export as it was received. The items of a refused export do not count. */
export interface ReceivedRequest {
  readonly signal: Signal;
  readonly protocol: "grpc" | "http";
  readonly path: string;
  readonly compression: string;
  /** Values in base64, by lower-case name. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly clientSubject?: string;
  readonly refused?: string;
  readonly items: number;
}

export type Signal = "metrics" | "traces" | "logs";

/** A data point, a span or a log record. */
export interface Item {
  readonly signal: Signal;
  readonly name: string;
  /** Name of the scope, of metrics. */
  readonly scope?: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value?: unknown;
  readonly kind?: string;
  readonly temporality?: string;
  readonly time: string;
  readonly start?: string;
}

export interface Group {
  readonly signal: Signal;
  readonly name: string;
  readonly sender: string;
  readonly items: number;
  readonly distinct: number;
}

export interface TokenRequest {
  readonly how: "header" | "body";
  /** In base64, like the secret. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly form: Readonly<Record<string, readonly string[]>>;
  readonly granted: boolean;
}

/** The behaviour of a backend, good by default; see `receive_behaviour.go`. */
export interface Behaviour {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
  readonly failShare?: number;
  readonly delayMillis?: number;
  readonly hang?: boolean;
  readonly signal?: Signal;
}

export interface BackendOptions {
  /** Credentials that callers must send, by the file names of `receive_demands.go`. */
  readonly demands?: Readonly<Record<string, string>>;
  /** Certificates of the server. Without them, it speaks plain text. */
  readonly certificates?: Certificates;
  /** Whether the server requires a client certificate. */
  readonly mutual?: boolean;
}

/** PEM of both ends of a connection; the client's name is `probe-client`. */
export interface Certificates {
  readonly ca: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** Makes certificates for a backend of this name. With `expired`, the server's ended an hour ago. */
export async function makeCertificates(backend: string, expired = false): Promise<Certificates> {
  const args = ["certificates", `${backend}.${backendNamespace}`, ...(expired ? ["expired"] : [])];
  const { stdout } = await promisify(execFile)("probe", args);
  return JSON.parse(stdout) as Certificates;
}

/** A backend in the cluster that remembers its requests and fails on demand. */
export class Backend {
  private control = "";

  private constructor(
    readonly name: string,
    private readonly args: readonly string[],
    private readonly files: string | undefined,
  ) {}

  /** Starts a backend behind a Service of the same name. `backendNamespace` must exist. */
  static async start(name: string, options: BackendOptions = {}): Promise<Backend> {
    const backend = await Backend.prepare(name, options);
    await backend.run();
    return backend;
  }

  /** Makes only the Service of a backend: connections are refused until the backend runs. */
  static async prepare(
    name: string,
    { demands = {}, certificates, mutual = false }: BackendOptions = {},
  ): Promise<Backend> {
    const files = {
      ...demands,
      ...(certificates && {
        "tls.cert": certificates.serverCert,
        "tls.key": certificates.serverKey,
        "tls.ca": certificates.ca,
      }),
    };
    const mounted = Object.keys(files).length > 0 ? `${name}-files` : undefined;
    if (mounted) await putSecret(backendNamespace, mounted, files);
    await apply(service(name));
    const args = [
      "receive",
      ...(Object.keys(demands).length > 0 ? ["--require=/files"] : []),
      ...(certificates ? ["--tls-cert=/files/tls.cert", "--tls-key=/files/tls.key"] : []),
      ...(mutual ? ["--client-ca=/files/tls.ca"] : []),
    ];
    return new Backend(name, args, mounted);
  }

  /** `host:port` for gRPC, as pods reach it. */
  get grpc(): string {
    return `${this.name}.${backendNamespace}:4317`;
  }

  /** Base address for HTTP without its scheme. */
  get http(): string {
    return `${this.name}.${backendNamespace}:4318`;
  }

  get tokenUrl(): string {
    return `http://${this.name}.${backendNamespace}:8080/token`;
  }

  /** The address of the pod itself. */
  get address(): string {
    return new URL(this.control).hostname;
  }

  async run(node?: string): Promise<void> {
    const [address = ""] = await startProbes([
      { namespace: backendNamespace, name: this.name, args: this.args, files: this.files, node },
    ]);
    this.control = `http://${address}:8080`;
  }

  /** Removes the backend with all that it remembers. The Service stays. */
  async kill(): Promise<void> {
    await kubectl("-n", backendNamespace, "delete", "pod", this.name, "--wait=true", "--force", "--grace-period=0");
  }

  async requests(signal?: Signal): Promise<ReceivedRequest[]> {
    return this.ask(`/received/requests${signal ? `?signal=${signal}` : ""}`);
  }

  /** Returns items, selected by `signal`, `name`, `resource.KEY` and `attribute.KEY`. */
  async items(choice: Readonly<Record<string, string>> = {}): Promise<Item[]> {
    return this.ask(`/received/items?${new URLSearchParams(choice).toString()}`);
  }

  async counts(): Promise<Group[]> {
    return this.ask("/received/counts");
  }

  /** Returns the number of different items of each sender, over all signals. */
  async distinct(): Promise<Map<string, number>> {
    const bySender = new Map<string, number>();
    for (const { sender, distinct } of await this.counts()) {
      bySender.set(sender, (bySender.get(sender) ?? 0) + distinct);
    }
    return bySender;
  }

  async tokens(): Promise<TokenRequest[]> {
    return this.ask("/received/tokens");
  }

  async behave(behaviour: Behaviour): Promise<void> {
    await this.post("/behaviour", behaviour);
  }

  async reset(): Promise<void> {
    await this.post("/reset");
  }

  private async ask<T>(path: string): Promise<T> {
    const response = await fetch(this.control + path, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`${this.name}${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  private async post(path: string, body: object = {}): Promise<void> {
    const response = await fetch(this.control + path, {
      method: "POST",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`${this.name}${path}: ${response.status} ${await response.text()}`);
  }
}

function service(name: string): object {
  const ports = [4317, 4318, 8080].map((port) => ({ name: `port-${port}`, port }));
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: backendNamespace },
    spec: { selector: { "app.kubernetes.io/name": name }, ports },
  };
}
