import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { podVariables } from "../../components/collector";
import { hostPaths, ports } from "../../components/contract";
import {
  logConfig,
  logFeatureGates,
  stateFolder,
  type LogModel,
  type ServedLogs,
} from "../../components/plan/log-config";
import { pipeline } from "../unit/helpers/models";
import { eventually } from "../unit/helpers/temp";
import { rotateAsKubelet } from "./kubelet-rotation";

/** A record as a backend receives it, with plain values. */
export interface ReceivedLog {
  readonly path: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly severity?: number;
  readonly severityText?: string;
  readonly time: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

/** A server for OTLP over HTTP as JSON. Each pipeline sends to its own path. */
export abstract class JsonBackend {
  private readonly server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const status = this.take(request.url ?? "", Buffer.concat(parts).toString("utf8"));
      response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });

  /** Takes a request, and returns the status of the answer. */
  protected abstract take(path: string, body: string): number;

  async listen(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A backend that keeps the records of all requests. */
export class LogBackend extends JsonBackend {
  readonly received: ReceivedLog[] = [];
  /** Records of requests that were not accepted. */
  readonly offered: ReceivedLog[] = [];
  /** Status of all answers; only 200 accepts. */
  status = 200;

  protected take(path: string, body: string): number {
    (this.status === 200 ? this.received : this.offered).push(...readLogs(path, body));
    return this.status;
  }
}

/** Reads a value in OTLP's JSON. */
interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
}
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

function plainValue(value: AnyValue = {}): unknown {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return BigInt(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue);
  return value.kvlistValue === undefined ? undefined : plainMap(value.kvlistValue.values);
}

const plainMap = (values: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(values.map(({ key, value }) => [key, plainValue(value)]));

interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeLogs: readonly {
      readonly scope?: { readonly name?: string };
      readonly logRecords: readonly {
        readonly timeUnixNano?: string;
        readonly severityNumber?: number;
        readonly severityText?: string;
        readonly body?: AnyValue;
        readonly attributes?: readonly KeyValue[];
        readonly traceId?: string;
        readonly spanId?: string;
        readonly flags?: number;
      }[];
    }[];
  }[];
}

function readLogs(path: string, text: string): ReceivedLog[] {
  return (JSON.parse(text) as LogsRequest).resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((record) => ({
        path,
        resource: plainMap(resource?.attributes),
        scope: scope?.name ?? "",
        body: plainValue(record.body),
        attributes: plainMap(record.attributes),
        ...(record.severityNumber && { severity: record.severityNumber }),
        ...(record.severityText && { severityText: record.severityText }),
        time: record.timeUnixNano ?? "0",
        ...(record.traceId && { traceId: record.traceId }),
        ...(record.spanId && { spanId: record.spanId }),
        ...(record.flags && { flags: record.flags }),
      })),
    ),
  );
}

/** A pipeline of container logs that sends to a backend of the tests, under its name as path. */
export function logsPipeline(
  name: string,
  address: string,
  selection: Partial<ServedLogs["containerLogs"]> = {},
): ServedLogs {
  const exporter = { protocol: "http", endpoint: { text: `${address}/${name}` }, withPath: true } as const;
  return {
    ...pipeline("logs", name, { exporter: { ...exporter, compression: "none", tls: plaintext } }),
    containerLogs: { namespaces: {}, containers: {}, keepOriginalBody: true, ...selection },
  };
}

const plaintext = { insecure: true, insecureSkipVerify: false };

/** An address of this machine for the collector's own metrics, which no other process of tests uses. */
const ownAddress = `127.62.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}`;

interface Telemetry {
  readonly metrics: {
    readonly readers: readonly { readonly pull: { readonly exporter: { readonly prometheus: object } } }[];
  };
}

/** The collector's own metrics, at an address of their own. */
const metricsOf = ({ metrics }: Telemetry): object => ({
  ...metrics,
  readers: metrics.readers.map(({ pull: { exporter } }) => ({
    pull: { exporter: { prometheus: { ...exporter.prometheus, host: ownAddress } } },
  })),
});

/** A log agent that runs on this machine, with the files of a node in a folder. */
export class LocalLogAgent {
  private collector?: ChildProcess;
  private log = "";
  private readonly rotations = new Map<string, number>();

  constructor(
    readonly folder: string,
    private readonly served: readonly ServedLogs[],
    private readonly change: Partial<LogModel> = {},
    private readonly program = "otelcol-contrib",
    /** A file with the address of an API server. Without it, nothing is looked up. */
    private readonly kubeconfig?: string,
  ) {}

  start(): void {
    const file = join(this.folder, "relay.yaml");
    mkdirSync(this.state, { recursive: true });
    writeFileSync(file, this.configuration());
    const gates = `--feature-gates=${logFeatureGates.join()}`;
    const variables = Object.fromEntries(Object.values(podVariables).map((name) => [name, "127.0.0.1"]));
    const lookUp = this.kubeconfig === undefined ? {} : { KUBECONFIG: this.kubeconfig, [podVariables.node]: "node" };
    this.collector = spawn(this.program, ["--config", file, gates], {
      env: { ...process.env, ...variables, ...lookUp },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.collector.stderr?.setEncoding("utf8").on("data", (part: string) => (this.log += part));
  }

  /** Reads the collector's own metrics. */
  async selfMetrics(): Promise<string> {
    return (await fetch(`http://${ownAddress}:${ports.selfMetrics}/metrics`)).text();
  }

  /** Waits until the collector answers. */
  async ready(): Promise<void> {
    await eventually(async () => ((await this.selfMetrics().catch(() => "")) ? true : undefined), "the log agent");
  }

  /** Everything that the collector has logged at level warn or above. */
  warnings(): string[] {
    return this.log.split("\n").filter((line) => line !== "" && !/"level":"(?:info|debug)"/.test(line));
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { collector } = this;
    if (collector === undefined || collector.exitCode !== null || collector.signalCode !== null) return;
    const ended = once(collector, "exit");
    collector.kill(signal);
    await ended;
  }

  /** Appends text to the file of a container. */
  append(container: string, text: string | Buffer, file = "0.log"): void {
    const path = join(this.folder, "pods", container, file);
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
  }

  /** Rotates the file of a container as the kubelet does. */
  rotate(container: string): void {
    const i = this.rotations.get(container) ?? 0;
    this.rotations.set(container, i + 1);
    rotateAsKubelet(join(this.folder, "pods", container), "0.log", `20261129-${String(i).padStart(6, "0")}`);
  }

  private get state(): string {
    return join(this.folder, "state");
  }

  /** The real configuration, without the parts that need a cluster or fixed ports, and with JSON to read. */
  private configuration(): string {
    const config = logConfig({
      served: this.served,
      enrichment: { podLabels: [], service: false },
      logLevel: "info",
      startAt: "beginning",
      diskQueueBytes: 64 * 1024 * 1024,
      own: [],
      ...this.change,
    });
    const isLookUp = (id: string): boolean => this.kubeconfig === undefined && id.startsWith("k8s_attributes/");
    const without = <T>(map: Readonly<Record<string, T>>, drop: (id: string) => boolean): Record<string, T> =>
      Object.fromEntries(Object.entries(map).filter(([id]) => !drop(id)));
    const { extensions, exporters, processors, service } = config;
    const local = {
      ...config,
      processors: without(processors, isLookUp),
      extensions: without(extensions, (id) => id === "health_check"),
      exporters: Object.fromEntries(
        Object.entries(exporters).map(([id, exporter]) => [id, { ...(exporter as object), encoding: "json" }]),
      ),
      service: {
        extensions: service.extensions.filter((id) => id !== "health_check"),
        telemetry: { metrics: metricsOf(service.telemetry as Telemetry), logs: { encoding: "json" } },
        pipelines: Object.fromEntries(
          Object.entries(service.pipelines).map(([id, one]) => [
            id,
            { ...one, processors: one.processors.filter((processor) => !isLookUp(processor)) },
          ]),
        ),
      },
    };
    return stringify(local, { aliasDuplicateObjects: false })
      .replaceAll("auth_type: serviceAccount", "auth_type: kubeConfig")
      .replaceAll(hostPaths.podLogs, join(this.folder, "pods"))
      .replaceAll(new RegExp(`(directory: )${stateFolder}$`, "gm"), (_, key: string) => `${key}${this.state}`);
  }
}
