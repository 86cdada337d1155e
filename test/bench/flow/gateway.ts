import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { canaryAttribute } from "../../../components/collector";
import type { PipelineTarget } from "../../../components/verification";
import type { Scene } from "./scenes";
import { pipelinesOf } from "./targets";

/** The unit of canaries by signal. */
const units = { metrics: "metric_points", traces: "spans", logs: "log_records" };

/** A collector's own series besides those of its exporters, with texts of the usual length. */
const others = Array.from(
  { length: 150 },
  (_, i) => `otelcol_other_metric_of_a_usual_length_bucket{component="receiver/otlp",transport="grpc",le="${i}"} ${i}`,
).join("\n");

const named = new RegExp(`"${canaryAttribute.replaceAll(".", "\\.")}","value":\\{"stringValue":"([^"]+)"`, "g");

/** One gateway or agent. Its backend has each canary at once, or refuses it. */
export class FakeGateway {
  private readonly started = Date.now() - 3_600_000;
  private readonly sent = new Map<string, number>();
  private readonly refused = new Set<string>();

  constructor(
    private readonly scene: Scene,
    private readonly isAgent = false,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST") {
      const signal = (request.url ?? "").replace("/v1/", "");
      for (const [, name = ""] of (await text(request)).matchAll(named)) this.take(signal, name);
    }
    if (this.isAgent && (request.url ?? "").startsWith("/api/v1/targets")) response.end(this.targets());
    else response.end(request.method === "POST" ? "{}" : this.metrics());
  }

  private take(signal: string, name: string): void {
    const target = pipelinesOf(this.scene).find((one) => one.signal === signal && one.name === name);
    if (target === undefined) throw new Error(`there is no pipeline ${name} of ${signal}`);
    if (isRefused(this.scene, target)) this.refused.add(target.exporter);
    else this.sent.set(target.exporter, (this.sent.get(target.exporter) ?? 0) + 1);
  }

  private targets(): string {
    const activeTargets = Array.from({ length: this.scene.annotated }, (_, i) => ({
      scrapeUrl: `http://10.0.0.${i}:8080/metrics`,
      scrapePool: "app-pods",
      health: "up",
      lastError: "",
      discoveredLabels: { __meta_kubernetes_namespace: "shop", __meta_kubernetes_pod_name: `application-${i}` },
    }));
    return JSON.stringify({ status: "success", data: { activeTargets } });
  }

  /** Returns the number of sent items. An agent sends scraped data all the time. */
  private sentBy(exporter: string): number {
    return this.isAgent ? Math.floor((Date.now() - this.started) / 100) : (this.sent.get(exporter) ?? 0);
  }

  private metrics(): string {
    const exporters = pipelinesOf(this.scene)
      .filter(({ signal }) => !this.isAgent || signal === "metrics")
      .map(({ exporter, signal }) =>
        [
          `otelcol_exporter_sent_${units[signal]}{exporter="${exporter}"} ${this.sentBy(exporter)}`,
          `otelcol_exporter_queue_size{data_type="${signal}",exporter="${exporter}"} ${this.refused.has(exporter) ? 405 : 0}`,
          `otelcol_exporter_queue_capacity{data_type="${signal}",exporter="${exporter}"} 1.8e+07`,
        ].join("\n"),
      );
    return [...exporters, others, `otelcol_process_uptime ${(Date.now() - this.started) / 1000}`].join("\n");
  }

  /** Returns the log of a real gateway for a backend at which no server listens. */
  log(): string {
    return [...this.refused]
      .map((exporter) =>
        JSON.stringify({
          level: "info",
          ts: new Date().toISOString(),
          msg: "Exporting failed. Will retry the request after interval.",
          "otelcol.component.id": exporter,
          error: "rpc error: code = Unavailable desc = dial tcp 10.0.0.1:4317: connect: connection refused",
          interval: "5.2s",
        }),
      )
      .join("\n");
  }
}

function isRefused({ refused }: Scene, { name }: PipelineTarget): boolean {
  return Number(name.split("-")[1]) < refused;
}
