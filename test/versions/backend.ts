import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CollectorConfig } from "../../components/collector";

type Attributes = Readonly<Record<string, unknown>>;

/** One resource of a request, with the names of its spans or metrics. */
export interface Received {
  readonly path: string;
  readonly attributes: Attributes;
  readonly names: readonly string[];
  /** Metrics as they were received. */
  readonly metrics: readonly object[];
}

/** A backend for OTLP/JSON. */
export interface Backend {
  readonly port: number;
  readonly received: Received[];
  stop(): void;
}

/** Starts a backend that answers with an HTTP status. */
export async function startBackend(status = 200): Promise<Backend> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(...resources(request.url ?? "", Buffer.concat(chunks).toString()));
      response.writeHead(status, { "Content-Type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Resource {
  readonly resource?: { readonly attributes?: readonly { readonly key: string; readonly value: object }[] };
  readonly scopeSpans?: readonly { readonly spans: readonly { readonly name: string }[] }[];
  readonly scopeMetrics?: readonly { readonly metrics: readonly { readonly name: string }[] }[];
}

function resources(path: string, body: string): Received[] {
  const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body) as Readonly<Record<string, Resource[]>>;
  return [...resourceSpans, ...resourceMetrics].map(({ resource, scopeSpans = [], scopeMetrics = [] }) => ({
    path,
    // An empty value has no key: some versions write it, and others omit the attribute.
    attributes: Object.fromEntries(
      (resource?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0] as unknown]),
    ),
    names: [
      ...scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
      ...scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
    ],
    metrics: scopeMetrics.flatMap(({ metrics }) => metrics),
  }));
}

/** Makes the exporters of a configuration send JSON, which the backends of the tests read. */
export function inJson(config: CollectorConfig): CollectorConfig {
  const exporters = Object.fromEntries(
    Object.entries(config.exporters).map(([id, settings]) => [
      id,
      id.startsWith("otlp_http/") ? { ...(settings as object), encoding: "json", compression: "none" } : settings,
    ]),
  );
  return { ...config, exporters };
}

/** Exporter of a pipeline that sends to a backend. */
export const http = (backend: Backend, path = ""): object => ({
  protocol: "http",
  endpoint: { text: `http://127.0.0.1:${backend.port}${path}` },
});
