import assert from "node:assert/strict";
import { grpc, logWith, metric, metricWith, parse, traceWith } from "./helpers";

/** Without the texts, which are Outputs. */
const withoutTexts = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === "value" ? undefined : item)));

const output = {
  protocol: "grpc",
  endpoint: { kind: "literal", plain: "backend.example.com:4317" },
  compression: "gzip",
  headers: [],
  tls: { insecure: false, insecureSkipVerify: false },
};
const common = { name: "a", transform: [], filter: [], canary: true };
const noSystem = { exclude: ["istio-system", "kube-system", "telemetry"] };

describe("What is left out", () => {
  it("takes the documented defaults in a metric pipeline", () => {
    const { pipelines } = parse(metricWith({}), { telemetryNamespace: "telemetry" });
    assert.deepEqual(withoutTexts(pipelines.metric), [
      {
        signal: "metric",
        path: "metricPipelines[0]",
        ...common,
        input: {
          otlp: { enabled: true, namespaces: {} },
          prometheus: { enabled: false, namespaces: noSystem, diagnosticMetrics: false },
          runtime: {
            enabled: false,
            namespaces: noSystem,
            resources: {
              pod: true,
              container: true,
              node: true,
              volume: true,
              daemonset: true,
              deployment: true,
              statefulset: true,
              job: true,
            },
            additionalMetrics: [],
          },
          istio: { enabled: false, namespaces: noSystem, diagnosticMetrics: false, envoyMetrics: false },
          apiServer: { enabled: false },
        },
        output: { otlp: { ...output, temporality: "preserve" } },
      },
    ]);
  });

  it("takes the documented defaults in a trace pipeline", () => {
    assert.deepEqual(withoutTexts(parse(traceWith({})).pipelines.trace), [
      { signal: "trace", path: "tracePipelines[0]", ...common, output: { otlp: output } },
    ]);
  });

  it("takes the documented defaults in a log pipeline", () => {
    assert.deepEqual(withoutTexts(parse(logWith({})).pipelines.log), [
      {
        signal: "log",
        path: "logPipelines[0]",
        ...common,
        input: { otlp: { enabled: true, namespaces: {} } },
        output: { otlp: output },
      },
    ]);
  });

  it("takes the documented defaults in the settings", () => {
    assert.deepEqual(parse({}).settings, {
      enrichments: { extractPodLabels: [], service: true },
      collectionInterval: { prometheus: 30, runtime: 30, istio: 30, apiServer: 30 },
      scraping: {
        tls: { insecureSkipVerify: false },
        limits: { samples: 50_000, bodyBytes: 20_000_000 },
        hostNetworks: [],
      },
      kubelet: { insecureSkipVerify: false, ipFamily: "IPv4" },
      istioMode: "auto",
      egress: [],
      agent: { logLevel: "info", resources: {}, nodeSelector: {}, labels: {}, annotations: {} },
      gateway: {
        logLevel: "info",
        resources: {},
        nodeSelector: {},
        labels: {},
        annotations: {},
        legacyServices: false,
      },
      validation: { mode: "full", collector: undefined, timeoutSeconds: 180 },
      verification: { mode: "always", timeoutSeconds: 60, onUnhealthy: "warn" },
      monitoring: { mode: "auto", dashboard: "auto", labels: {} },
    });
  });

  it("of the gateway's resources is given in Kubernetes quantities", () => {
    const resources = { requests: { cpu: "1.5", memory: "1Ki" }, limits: { memory: "2Gi" } };
    assert.deepEqual(parse({ gateway: { resources } }).settings.gateway.resources, {
      cpuMillis: 1500,
      memoryRequest: 1024,
      memoryLimit: 2 * 1024 ** 3,
    });
  });

  it("comes in whole millicores, bytes and seconds, which is what the cluster takes", () => {
    const resources = { requests: { cpu: "0.0005", memory: "0.3Ki" } };
    const { settings } = parse({ agent: { resources }, validation: { timeout: "10.5s" } });
    assert.deepEqual(settings.agent.resources, { cpuMillis: 1, memoryRequest: 307 });
    assert.equal(settings.validation.timeoutSeconds, 11);
  });

  it("may be null as well, as in YAML that has a field and nothing behind it", () => {
    const nothing = { input: null, transform: null, filter: null };
    assert.deepEqual(
      withoutTexts(parse({ ...metricWith(nothing), metric: null, enrichments: null, tracePipelines: null }).pipelines),
      withoutTexts(parse(metricWith({})).pipelines),
    );
  });

  it("is completed inside of what is there: a switch that is set leaves its neighbours at their defaults", () => {
    const { runtime } = parse(metricWith({ input: { runtime: { resources: { volume: { enabled: false } } } } }))
      .pipelines.metric[0]!.input;
    assert.equal(runtime.enabled, false);
    assert.equal(runtime.resources.volume, false);
    assert.equal(runtime.resources.pod, true);
  });
});

describe("What is written", () => {
  const input = (fields: Record<string, unknown>) => parse(metricWith({ input: fields })).pipelines.metric[0]!.input;

  it("means all namespaces when the selector is empty, even where system namespaces are left out by default", () => {
    assert.deepEqual(input({ runtime: { namespaces: {} } }).runtime.namespaces, {});
    assert.deepEqual(input({ istio: { namespaces: { exclude: [] } } }).istio.namespaces, {});
  });

  it("is a set where order says nothing, so that another order changes nothing in the cluster", () => {
    const { prometheus, runtime } = input({
      prometheus: { namespaces: { include: ["b", "a", "b"] } },
      runtime: { additionalMetrics: ["k8s.pod.uptime", "k8s.pod.phase", "k8s.pod.uptime"] },
    });
    assert.deepEqual(prometheus.namespaces, { include: ["a", "b"] });
    assert.deepEqual(runtime.additionalMetrics, ["k8s.pod.phase", "k8s.pod.uptime"]);
  });

  it("keeps the order of pipelines, steps and headers", () => {
    const headers = ["B", "A"].map((name) => ({ name, value: "v" }));
    const transform = ["b", "a"].map((text) => ({ statements: [`set(span.name, "${text}")`] }));
    const { trace } = parse({ tracePipelines: [metric({ name: "z", transform }), metric()] }).pipelines;
    assert.deepEqual(
      trace.map(({ name }) => name),
      ["z", "a"],
    );
    assert.deepEqual(trace[0]?.transform, [
      { conditions: [], statements: ['set(span.name, "b")'] },
      { conditions: [], statements: ['set(span.name, "a")'] },
    ]);
    assert.deepEqual(
      parse(grpc({ headers })).pipelines.trace[0]?.output.otlp.headers.map(({ name }) => name),
      ["B", "A"],
    );
  });

  it("may be one name for pipelines of different kinds, and names that differ in one character", () => {
    const { pipelines } = parse({
      metricPipelines: [metric({ name: "a.b" }), metric({ name: "a-b" })],
      tracePipelines: [metric({ name: "a.b" })],
      logPipelines: [metric({ name: "a.b" })],
    });
    assert.deepEqual(
      Object.values(pipelines).map((list: { name: string }[]) => list.map(({ name }) => name)),
      [["a.b", "a-b"], ["a.b"], ["a.b"]],
    );
  });

  it("is without TLS when the endpoint says http://", () => {
    const tls = (endpoint: string) =>
      parse(grpc({ endpoint: { value: endpoint } })).pipelines.trace[0]!.output.otlp.tls;
    assert.equal(tls("http://backend:4317").insecure, true);
    assert.equal(tls("https://backend:4317").insecure, false);
    assert.equal(tls("backend:4317").insecure, false);
  });

  it("has a header's prefix without the spaces around it, and no prefix that is only spaces", () => {
    const prefix = (text: string) =>
      parse(grpc({ headers: [{ name: "A", value: "v", prefix: text }] })).pipelines.trace[0]!.output.otlp.headers[0]!;
    assert.equal(prefix(" Bearer ").prefix, "Bearer");
    assert.equal("prefix" in prefix("  "), false);
  });

  it("sets intervals for all inputs and for one, the one before all", () => {
    const { settings } = parse({ metric: { collectionInterval: "1m30s", istio: { collectionInterval: "1500ms" } } });
    assert.deepEqual(settings.collectionInterval, { prometheus: 90, runtime: 90, istio: 1.5, apiServer: 90 });
  });

  it("sets enrichments", () => {
    const { settings } = parse({
      enrichments: {
        cluster: { name: 'prod "eu" ${env:HOME}' },
        extractPodLabels: [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }],
        service: { enabled: false },
      },
    });
    assert.equal(settings.clusterName, 'prod "eu" ${env:HOME}');
    assert.deepEqual(settings.enrichments, {
      extractPodLabels: [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }],
      service: false,
    });
  });

  it("may switch the reading of output files off in a log pipeline, with whatever a manifest says about it", () => {
    const runtime = {
      enabled: false,
      keepOriginalBody: true,
      namespaces: { exclude: ["a"] },
      containers: { include: ["b"] },
    };
    assert.deepEqual(parse(logWith({ input: { runtime } })).warnings, []);
  });
});
