import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { collectorVersions, images } from "../../components/contract";
import { pipelineModels, planCollectors, type CollectorPlan } from "../../components/plan";
import { gatewayConfig, gatewayPipelines, type GatewayModel } from "../../components/plan/gateway-config";
import { placeholderFiles, validateHere } from "../../components/validation";
import { renderYaml } from "../../components/collector";
import { parsePipelines, type Pipeline } from "../../components/settings";
import { type ValidatedHere } from "../../components/validation/validate-here";
import { recipeConfiguration, recipes } from "../unit/helpers/recipes";
import type { Signal } from "./support/backends";
import { eventually } from "./support/eventually";

const signals: readonly Signal[] = ["metrics", "traces", "logs"];

const pipelinesOf = (recipe: string): readonly Pipeline[] =>
  parsePipelines(recipeConfiguration(recipe), { now: new Date() }).pipelines;

const gatewayOf = (pipelines: readonly Pipeline[]): GatewayModel => ({
  pipelines: gatewayPipelines(pipelineModels(pipelines)),
  enrichment: { podLabels: [], service: true },
  logLevel: "info",
  queueBytes: 1024,
});

/** The log agent of the pipelines that take container logs. */
const logAgentOf = (pipelines: readonly Pipeline[]): CollectorPlan[] =>
  planCollectors(pipelineModels(pipelines), parsePipelines({ allowNoPipelines: true }, { now: new Date() }).settings, {
    mesh: false,
    namespace: "telemetry",
  }).filter(({ kind }) => kind === "log-agent");

/** Returns the gateway's filters against Istio's noise. */
function filters(): Record<string, unknown> {
  const { processors } = gatewayConfig(gatewayOf(pipelinesOf("istio-noise.yaml")));
  return Object.fromEntries(Object.entries(processors).filter(([id]) => id.startsWith("filter/user-")));
}

const attributes = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));

type Values = Readonly<Record<string, string>>;

const spans = (items: Readonly<Record<string, Values>>) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: Object.entries(items).map(([name, values], i) => ({
            name,
            traceId: "5b8efff798038103d269b633813fc60c",
            spanId: `eee19b7ec3c1b17${i}`,
            attributes: attributes(values),
          })),
        },
      ],
    },
  ],
});

/** Log records with a name in the attribute `name`. The resource of access logs has the attribute `log_name`. */
const logs = (items: readonly { name: string; body?: string; values?: Values; isAccessLog: boolean }[]) => ({
  resourceLogs: items.map(({ name, body = "", values = {}, isAccessLog }) => ({
    resource: { attributes: attributes(isAccessLog ? { log_name: "otel_envoy_accesslog" } : {}) },
    scopeLogs: [{ logRecords: [{ body: { stringValue: body }, attributes: attributes({ name, ...values }) }] }],
  })),
});

const metrics = (items: readonly [name: string, values: Values][]) => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: items.map(([name, values]) => ({
            name,
            gauge: { dataPoints: [{ asInt: "1", attributes: attributes(values) }] },
          })),
        },
      ],
    },
  ],
});

describe("a recipe, in the stock collector", function () {
  this.timeout("4m");

  /** Validates the configurations of gateway and log agent, with files of the same form in place of credentials. */
  function validate(
    pipelines: readonly Pipeline[],
    change: (exporter: object) => object = (exporter) => exporter,
  ): ValidatedHere {
    const config = gatewayConfig(gatewayOf(pipelines));
    const exporters = Object.fromEntries(
      Object.entries(config.exporters).map(([id, exporter]) => [id, change(exporter as object)]),
    );
    return validateHere({
      collectors: [
        { configuration: renderYaml({ ...config, exporters }), image: images.collector },
        ...logAgentOf(pipelines),
      ],
      pipelines: pipelineModels(pipelines),
      files: placeholderFiles(pipelines),
      settings: { mode: "local", timeoutSeconds: 100 },
      searchPath: process.env.PATH ?? "",
      preview: false,
    });
  }

  for (const recipe of recipes) {
    it(`makes a configuration that is accepted: ${recipe}`, () => {
      // A note would report a missing collector.
      assert.deepEqual(validate(pipelinesOf(recipe)), { findings: [], notes: [] });
    });

    it(`makes exporters that the collector validates: ${recipe}`, () => {
      const { findings } = validate(pipelinesOf(recipe), (exporter) => ({ ...exporter, compression: "brotli" }));
      assert.match(findings.map(({ problem }) => problem).join("\n"), /brotli/);
    });
  }

  it("is accepted whatever characters its OTTL has", () => {
    const { pipelines } = parsePipelines(
      {
        logPipelines: [
          {
            name: "a",
            transform: [
              { statements: [`set(log.attributes["a"], "\x7f\x85\x90\u2028\u2029\ufeff\ufffe\uffff\ud800")`] },
            ],
            output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } },
          },
        ],
      },
      { now: new Date() },
    );
    assert.deepEqual(validate(pipelines), { findings: [], notes: [] });
  });
});

describe("the recipe against Istio's noise, in the real collector", function () {
  this.timeout("4m");
  const folder = mkdtempSync(join(tmpdir(), "telemetry-recipes-"));
  let received: string[] = [];
  let backend: Server;
  let collector: ChildProcess;
  let address: string;

  before(async () => {
    backend = createServer((request, response) => {
      let body = "";
      request.on("data", (data: Buffer) => (body += data.toString()));
      request.on("end", () => {
        received.push(body);
        response.setHeader("content-type", "application/json");
        response.end("{}");
      });
    });
    await new Promise<void>((done) => backend.listen(0, "127.0.0.1", done));
    const processors = filters();
    // The kernel gives a port that is free, and another test has no time to take it.
    const spare = createServer();
    await new Promise<void>((done) => spare.listen(0, "127.0.0.1", done));
    const port = (spare.address() as AddressInfo).port;
    await new Promise((done) => spare.close(done));
    address = `http://127.0.0.1:${port}`;
    const pipelines = signals.map((signal) => [
      signal,
      { receivers: ["otlp"], processors: [`filter/user-${signal}-backend`], exporters: ["otlphttp"] },
    ]);
    const configuration = {
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      processors,
      exporters: {
        otlphttp: {
          endpoint: `http://127.0.0.1:${(backend.address() as AddressInfo).port}`,
          encoding: "json",
          compression: "none",
          // A push is answered when its data has arrived.
          sending_queue: { enabled: false },
        },
      },
      service: {
        telemetry: { metrics: { level: "none" } },
        pipelines: Object.fromEntries(pipelines) as Record<string, object>,
      },
    };
    const file = join(folder, "config.yaml");
    writeFileSync(file, stringify(configuration));
    collector = spawn("otelcol-contrib", ["--config", file], { stdio: "ignore" });
    await eventually(() => fetch(address), 120);
  });

  after(() => {
    collector.kill();
    backend.close();
    rmSync(folder, { recursive: true });
  });

  /** Returns the names of the items that pass the filters. The pattern finds names in the received data. */
  async function kept(signal: Signal, request: object, pattern: RegExp): Promise<string[]> {
    received = [];
    const response = await fetch(`${address}/v1/${signal}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    assert.equal(response.status, 200, await response.text());
    return [...received.join().matchAll(pattern)].map(([, name]) => name ?? "").sort();
  }

  it("leaves spans of pushes, probes and scrapes out, and keeps those of applications and of calls between them", async () => {
    const proxy = { component: "proxy" };
    const gateway = "outbound|4317||telemetry-otlp.telemetry.svc.cluster.local";
    const request = spans({
      "a push": { ...proxy, "upstream_cluster.name": gateway },
      "a push to an old name": { ...proxy, "upstream_cluster.name": gateway.replace("otlp.", "otlp-traces.") },
      "a probe": { ...proxy, user_agent: "kube-probe/1.37" },
      "a scrape": { ...proxy, user_agent: "Prometheus/3.16.0" },
      "the agent's scrape": { ...proxy, user_agent: `otelcol-contrib/${collectorVersions.newest}` },
      "a check of the ingress": { ...proxy, "http.url": "http://10.1.2.3:15021/healthz/ready" },
      "kept: a call": {
        ...proxy,
        "upstream_cluster.name": "outbound|80||cart.shop.svc.cluster.local",
        user_agent: "curl/8",
      },
      "kept: an application": { user_agent: "kube-probe/1.37" },
      "kept: a path that looks like it": { ...proxy, "http.url": "http://shop/healthz/ready" },
    });
    assert.deepEqual(await kept("traces", request, /"name":"([^"]+)"/g), [
      "kept: a call",
      "kept: a path that looks like it",
      "kept: an application",
    ]);
  });

  it("leaves access logs of them out, as text and with labels, and keeps all other logs", async () => {
    const line = (agent: string, upstream: string) =>
      `[2026-06-01T00:00:00Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 0 1 0 "-" "${agent}" "id" "host" "10.0.0.1:80" ${upstream} -`;
    const gateway = "outbound|4318||telemetry-otlp.telemetry.svc.cluster.local";
    const call = "outbound|80||cart.shop.svc.cluster.local";
    const request = logs([
      { name: "a push", body: line("otlp", gateway), isAccessLog: true },
      { name: "a probe", body: line("kube-probe/1.37", "inbound|8080||"), isAccessLog: true },
      { name: "a push, labelled", values: { upstream_cluster: gateway }, isAccessLog: true },
      { name: "a scrape, labelled", values: { user_agent: "Prometheus/3.16.0" }, isAccessLog: true },
      { name: "kept: a call", body: line("curl/8", call), isAccessLog: true },
      { name: "kept: a call, labelled", values: { user_agent: "curl/8", upstream_cluster: call }, isAccessLog: true },
      { name: "kept: an application", body: line("kube-probe/1.37", gateway), isAccessLog: false },
    ]);
    const found = await kept("logs", request, /"key":"name","value":\{"stringValue":"([^"]+)"/g);
    assert.deepEqual(found, ["kept: a call", "kept: a call, labelled", "kept: an application"]);
  });

  it("leaves the mesh's metrics about telemetry out, and keeps those of applications", async () => {
    const request = metrics([
      ["istio_requests_total", { destination_service: "telemetry-otlp.telemetry.svc.cluster.local" }],
      ["istio_tcp_sent_bytes_total", { source_workload_namespace: "telemetry" }],
      [
        "istio_request_bytes",
        { destination_service: "cart.shop.svc.cluster.local", source_workload_namespace: "shop" },
      ],
      ["cart_items", { source_workload_namespace: "telemetry" }],
    ]);
    assert.deepEqual(await kept("metrics", request, /"name":"([^"]+)"/g), ["cart_items", "istio_request_bytes"]);
  });
});
