import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CollectorConfig } from "../../components/collector";
import { eventually } from "../e2e/support/eventually";
import { agentConfig, pipeline, selections } from "../unit/helpers/models";
import { startApiServer, type ApiServer } from "./api-server";
import { http, inJson, startBackend, type Backend } from "./backend";
import { collectors, startCollector, type Running } from "./collectors";
import { exposition, protobufType } from "./exposition";

const metric = "latency_seconds";

interface Point {
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly count: string;
  readonly sum: number;
  readonly scale?: number;
  readonly positive: { readonly offset?: number; readonly bucketCounts: readonly string[] };
}
interface Exponential {
  readonly exponentialHistogram?: { readonly aggregationTemporality: number; readonly dataPoints: readonly Point[] };
}

/** Replaces discovery by one address, in one scrape job. */
function scraping(config: CollectorConfig, address: string): CollectorConfig {
  const { "prometheus/prometheus": receiver } = config.receivers as Readonly<Record<string, Scraping>>;
  const [job] = receiver?.config.scrape_configs ?? [];
  const { kubernetes_sd_configs: found, relabel_configs: rules, ...kept } = job ?? {};
  void [found, rules];
  const jobs = [{ ...kept, static_configs: [{ targets: [address] }] }];
  const receivers = { ...config.receivers, "prometheus/prometheus": { ...receiver, config: { scrape_configs: jobs } } };
  return inJson({ ...config, receivers });
}
interface Scraping {
  readonly config: { readonly scrape_configs: readonly Readonly<Record<string, unknown>>[] };
}

/** A target with a native histogram only. Each scrape finds two observations more: one each in (1, 2] and (4, 8]. */
async function startTarget(): Promise<Server> {
  let scrapes = 0;
  const server = createServer((request, response) => {
    scrapes++;
    assert.match(request.headers.accept ?? "", /application\/vnd\.google\.protobuf/);
    const counts = [scrapes, 0, scrapes];
    response.setHeader("content-type", protobufType);
    response.end(exposition({ name: metric, sum: 7 * scrapes, offset: 1, counts }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

for (const { version, program } of collectors) {
  describe(`Native histograms of a target, on collector ${version}`, function () {
    this.timeout("4m");
    let folder: string;
    let apiServer: ApiServer;
    let target: Server;
    let backends: readonly Backend[] = [];
    let running: Running | undefined;

    const histograms = (backend: Backend | undefined): NonNullable<Exponential["exponentialHistogram"]>[] =>
      (backend?.received ?? [])
        .flatMap(({ metrics }) => metrics as readonly Exponential[])
        .flatMap(({ exponentialHistogram }) => exponentialHistogram ?? []);
    const points = (backend: Backend | undefined): Point[] => histograms(backend).flatMap((one) => one.dataPoints);

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "telemetry-histograms-"));
      [apiServer, target] = [await startApiServer({}, folder), await startTarget()];
      const [cumulative, delta] = [await startBackend(), await startBackend()];
      backends = [cumulative, delta];
      const pull = { prometheus: selections.prometheus() };
      const config = agentConfig(
        "node",
        [
          pipeline("metrics", "cumulative", { pull, exporter: http(cumulative) }),
          pipeline("metrics", "delta", { pull, exporter: http(delta), deltaTemporality: true }),
        ],
        { written: { metric: { collectionInterval: "1s", prometheus: { nativeHistograms: true } } } },
      );
      const { port } = target.address() as AddressInfo;
      running = await startCollector(program, scraping(config, `127.0.0.1:${port}`), folder);
      await eventually(() => {
        for (const backend of backends) assert.ok(points(backend).length >= 4, running?.log());
        return Promise.resolve();
      }, 90);
    });
    after(async () => {
      await running?.stop();
      for (const one of [apiServer, ...backends]) one.stop();
      target.close().closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    });

    it("arrive as exponential histograms", () => {
      const [cumulative] = backends;
      for (const { aggregationTemporality } of histograms(cumulative)) assert.equal(aggregationTemporality, 2);
      const [last] = points(cumulative).slice(-1);
      const scrapes = Number(last?.count) / 2;
      assert.ok(scrapes >= 4);
      assert.equal(last?.sum, 7 * scrapes);
      assert.equal(last?.scale ?? 0, 0);
      // OTLP counts buckets from their lower bound, Prometheus from their upper one.
      assert.equal(last?.positive.offset ?? 0, 0);
      assert.deepEqual(last?.positive.bucketCounts.map(Number), [scrapes, 0, scrapes]);
    });

    it("arrive as deltas, each from the point before", () => {
      const [, delta] = backends;
      for (const { aggregationTemporality } of histograms(delta)) assert.equal(aggregationTemporality, 1);
      const all = points(delta);
      for (const [i, { count, sum, startTimeUnixNano, timeUnixNano }] of all.entries()) {
        if (i > 0) assert.equal(startTimeUnixNano, all[i - 1]?.timeUnixNano);
        assert.ok(BigInt(startTimeUnixNano ?? 0) > 0n && BigInt(startTimeUnixNano ?? 0) < BigInt(timeUnixNano));
        assert.equal(sum, 3.5 * Number(count));
      }
    });
  });
}
