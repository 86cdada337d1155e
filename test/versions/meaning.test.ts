import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canaryAttribute, type CollectorConfig } from "../../components/collector";
import { ports } from "../../components/contract";
import { gatewayConfig } from "../../components/plan/gateway-config";
import { readCounters } from "../../components/verification/counters";
import { readData } from "../../components/verification/data-evidence";
import { eventually } from "../e2e/support/eventually";
import { agentConfig, gateway, pipeline, selections } from "../unit/helpers/models";
import { startApiServer, type ApiServer } from "./api-server";
import { http, inJson, startBackend, type Backend, type Received } from "./backend";
import { cases, compared } from "./identity";
import { address, collectors, startCollector, type Running } from "./collectors";

const attributes = (values: object): object[] =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue: stringValue as string } }));

const spans = (...sent: readonly object[]): object => ({
  resourceSpans: sent.map((one, i) => ({
    resource: { attributes: attributes(one) },
    scopeSpans: [
      {
        spans: [
          {
            traceId: "a".repeat(32),
            spanId: "b".repeat(16),
            name: `span-${i}`,
            startTimeUnixNano: "1",
            endTimeUnixNano: "2",
          },
        ],
      },
    ],
  })),
});

const gauges = (resource: object, ...names: readonly string[]): object => ({
  resourceMetrics: [
    {
      resource: { attributes: attributes(resource) },
      scopeMetrics: [
        { metrics: names.map((name) => ({ name, gauge: { dataPoints: [{ timeUnixNano: "1", asInt: "1" }] } })) },
      ],
    },
  ],
});

/** Queues that hold all data of the tests. */
const room = { queueBytes: 1024 * 1024 };

for (const { version, program } of collectors) {
  describe(`on collector ${version}`, () => {
    let folder: string;
    let apiServer: ApiServer;
    let good: Backend;
    let refusing: Backend;
    let running: Running | undefined;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "telemetry-versions-"));
      apiServer = await startApiServer({ pods: cases.map(({ pod }) => pod) }, folder);
      [good, refusing] = [await startBackend(), await startBackend(400)];
    });
    afterEach(async () => {
      await running?.stop();
      good.received.length = 0;
    });
    after(() => {
      for (const one of [apiServer, good, refusing]) one.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const start = async (config: CollectorConfig): Promise<Running> =>
      (running = await startCollector(program, inJson(config), folder));
    const received = (count: number): Promise<readonly Received[]> =>
      eventually(() => {
        const { received } = good;
        if (received.length < count) throw new Error(`${received.length} of ${count}\n${running?.log()}`);
        return Promise.resolve(received);
      });

    it("names pod, workload and service of each sender, and writes no blank attribute", async () => {
      const collector = await start(gatewayConfig(gateway([pipeline("traces", "a", { exporter: http(good) })], room)));
      assert.equal(await collector.push("/v1/traces", spans(...cases.map(({ sent }) => sent))), 200);
      const all = await received(cases.length);
      for (const [i, { behaviour, expected }] of cases.entries()) {
        const found = all.find(({ names }) => names[0] === `span-${i}`)?.attributes ?? {};
        const named = Object.fromEntries(compared.flatMap((key) => (key in found ? [[key, found[key]]] : [])));
        assert.deepEqual(named, expected, behaviour);
        const blank = Object.keys(found).filter((key) => found[key] === undefined || found[key] === "");
        assert.deepEqual(blank, [], behaviour);
      }
    });

    it("counts what backends accept and reject, and shows no address from a Secret", async () => {
      const endpoint = join(folder, "endpoint");
      writeFileSync(endpoint, `http://localhost:${refusing.port}/hidden-path`);
      const grpcEndpoint = join(folder, "grpc-endpoint");
      writeFileSync(grpcEndpoint, `http://localhost:${refusing.port}`);
      const config = gatewayConfig(
        gateway(
          [
            pipeline("traces", "a", { exporter: http(good), canary: true }),
            pipeline("traces", "b", {
              exporter: http(good, "/b"),
              canary: true,
              filter: [{ conditions: ['span.name != ""'] }],
            }),
            pipeline("traces", "secret", { exporter: { protocol: "http", endpoint: { file: endpoint } } }),
            pipeline("traces", "grpc", { exporter: { endpoint: { file: grpcEndpoint } } }),
          ],
          room,
        ),
      );
      const collector = await start(config);
      assert.equal(await collector.push("/v1/traces", spans({ "k8s.pod.uid": "unknown" })), 200);
      const canary = { "service.name": "telemetry-canary" };
      const canaries = spans({ ...canary, [canaryAttribute]: "a" }, { ...canary, [canaryAttribute]: "b" });
      assert.equal(await collector.push("/v1/traces", canaries, 4319), 200);
      const text = await eventually(async () => {
        const text = await collector.selfMetrics();
        const { exporters } = readCounters(text);
        assert.equal(exporters["otlp_http/traces-a"]?.sent, 2);
        assert.equal(exporters["otlp_http/traces-b"]?.sent, 1);
        assert.ok(Object.values(exporters["otlp_http/traces-secret"]?.failed ?? {}).some((count) => count === 1));
        return text;
      });
      const ways = good.received.map(({ path, attributes: { [canaryAttribute]: of } }) => `${path} of ${String(of)}`);
      assert.deepEqual(ways.sort(), ["/b/v1/traces of b", "/v1/traces of a", "/v1/traces of undefined"]);
      const { exporters, redirects } = readCounters(text);
      assert.ok((exporters["otlp_http/traces-a"]?.capacity ?? 0) > 0);
      assert.deepEqual(redirects, {});
      const data = readData(text);
      assert.deepEqual(data.pushed, { traces: 1 });
      assert.deepEqual(data.lookUps, { traces: { found: 0, unknown: 1 } });
      assert.deepEqual(data.processors["filter/user-traces-b"], { incoming: 1, outgoing: 0 });
      const shown = [
        /hidden-path/,
        /localhost/,
        new RegExp(String(refusing.port)),
        /server_address|server_port|url_path/,
      ];
      assert.deepEqual(
        shown.filter((one) => one.test(text)),
        [],
      );
      assert.doesNotMatch(text, /exporter_(enqueue_size|queue_batch_send_size)/);
    });

    it("ends each connection over HTTP with its answer", async () => {
      await start(gatewayConfig(gateway([pipeline("traces", "a", { exporter: http(good) })], room)));
      const headers = { "Content-Type": "application/json", Connection: "keep-alive" };
      const closes = await new Promise<string | undefined>((resolve, reject) => {
        request({ host: address, port: ports.otlpHttp, path: "/v1/traces", method: "POST", headers }, (response) => {
          response.resume();
          resolve(response.headers.connection);
        })
          .on("error", reject)
          .end(JSON.stringify(spans({})));
      });
      assert.equal(closes, "close");
    });

    it("counts data that the memory limiter refuses", async () => {
      const config = gatewayConfig(gateway([pipeline("traces", "a", { exporter: http(good) })], room));
      const memory_limiter = { check_interval: "100ms", limit_mib: 2, spike_limit_mib: 1 };
      const collector = await start({ ...config, processors: { ...config.processors, memory_limiter } });
      await sleep(500);
      assert.equal(await collector.push("/v1/traces", spans({})), 503);
      assert.deepEqual(readCounters(await collector.selfMetrics()).refused, { traces: 1 });
    });

    it("gives each pipeline its own copy of the pulled data that it wants", async () => {
      const other = await startBackend();
      const config = agentConfig("node", [
        pipeline("metrics", "both", {
          pull: { prometheus: selections.prometheus(), runtime: selections.runtime(["k8s.pod.cpu.time"]) },
          exporter: http(good),
        }),
        pipeline("metrics", "changing", {
          pull: { runtime: selections.runtime(["k8s.pod.cpu.time", "k8s.pod.uptime"]) },
          transform: [{ conditions: [], statements: ['set(metric.name, "changed")'] }],
          exporter: http(other),
        }),
      ]);
      const pushed = (endpoint: string): object => ({ protocols: { http: { endpoint } } });
      const receivers = {
        ...config.receivers,
        "prometheus/prometheus": undefined,
        kubeletstats: undefined,
        "otlp/prometheus": pushed(`${address}:4318`),
        "otlp/kubelet": pushed(`${address}:4320`),
      };
      const inputs = { prometheus: "otlp/prometheus", runtime: "otlp/kubelet" };
      const pipelines = Object.fromEntries(
        Object.entries(config.service.pipelines).map(([id, one]) => {
          const input = Object.entries(inputs).find(([name]) => id === `metrics/input-${name}`);
          return [id, input ? { ...one, receivers: [input[1]] } : one];
        }),
      );
      const collector = await start({
        ...config,
        receivers: JSON.parse(JSON.stringify(receivers)) as CollectorConfig["receivers"],
        service: { ...config.service, pipelines },
      });
      const [{ sent }] = cases as readonly [(typeof cases)[number]];
      try {
        assert.equal(await collector.push("/v1/metrics", gauges(sent, "requests", "up")), 200);
        const volume = { ...sent, "k8s.volume.name": "data", "fs.type": "ext4", partition: "1" };
        const kubelet = gauges(volume, "k8s.pod.cpu.time", "k8s.pod.uptime");
        assert.equal(await collector.push("/v1/metrics", kubelet, 4320), 200);
        const all = await received(2);
        const changed = await eventually(() => {
          if (other.received.length === 0) throw new Error(collector.log());
          return Promise.resolve(other.received);
        });
        assert.deepEqual(all.flatMap(({ names }) => names).sort(), ["k8s.pod.cpu.time", "requests"]);
        assert.deepEqual(
          changed.flatMap(({ names }) => names),
          ["changed", "changed"],
        );
        for (const { attributes } of [...all, ...changed]) {
          assert.equal(attributes["service.name"], "web");
          const marks = Object.keys(attributes).filter((key) => key.startsWith("telemetry-pipelines"));
          assert.deepEqual(marks, []);
        }
      } finally {
        other.stop();
      }
    });
  });
}
