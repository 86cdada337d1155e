import assert from "node:assert/strict";
import { agentConfig, pipeline } from "../helpers/models";
import { grpc, logWith, metric, metricWith, parse, traceWith } from "./helpers";

/** The settings without the texts, which are Outputs. */
const withoutTexts = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === "value" ? undefined : item)));

const output = {
  protocol: "grpc",
  endpoint: { kind: "literal", plain: "backend.example.com:4317" },
  compression: "gzip",
  headers: [],
  authentication: {},
  plaintext: false,
  keepaliveSeconds: 30,
  retrySeconds: 300,
  tls: { insecure: false, insecureSkipVerify: false },
  temporality: "preserve",
};
const common = { name: "a", transform: [], filter: [], canary: true, output: { otlp: output } };
const noSystem = { exclude: ["istio-system", "kube-system", "telemetry"] };
const allPushed = { enabled: true, namespaces: {}, unknownNamespace: "accept" };
const on = { enabled: true };
const off = { enabled: false };

describe("A field that is left out", () => {
  it("has its documented default in a metric pipeline", () => {
    const { pipelines } = parse(metricWith({}), { telemetryNamespace: "telemetry" });
    assert.deepEqual(withoutTexts(pipelines), [
      {
        id: "metricPipelines/a",
        signal: "metrics",
        path: "metricPipelines[0]",
        ...common,
        otlp: allPushed,
        pull: {},
      },
    ]);
  });

  it("has its documented default in an input that is only turned on", () => {
    const input = { prometheus: on, prometheusOperator: on, runtime: on, istio: on, apiServer: on };
    const { pipelines } = parse(metricWith({ input }), { telemetryNamespace: "telemetry" });
    assert.deepEqual(pipelines[0]?.pull, {
      prometheus: { enabled: true, namespaces: noSystem, diagnosticMetrics: off },
      prometheusOperator: {
        enabled: true,
        namespaces: noSystem,
        serviceMonitors: { enabled: true, labelSelector: { matchLabels: {}, matchExpressions: [] } },
        podMonitors: { enabled: true, labelSelector: { matchLabels: {}, matchExpressions: [] } },
        diagnosticMetrics: off,
        allowSecretsFrom: [],
      },
      runtime: {
        enabled: true,
        namespaces: noSystem,
        resources: {
          pod: on,
          container: on,
          node: on,
          volume: on,
          daemonset: on,
          deployment: on,
          statefulset: on,
          job: on,
        },
        additionalMetrics: [],
      },
      istio: { enabled: true, namespaces: noSystem, diagnosticMetrics: off, envoyMetrics: off },
      apiServer: { enabled: true },
    });
  });

  it("has its documented default in a trace pipeline", () => {
    assert.deepEqual(withoutTexts(parse(traceWith({})).pipelines), [
      { id: "tracePipelines/a", signal: "traces", path: "tracePipelines[0]", ...common, otlp: allPushed, pull: {} },
    ]);
  });

  it("has its documented default in a log pipeline", () => {
    assert.deepEqual(withoutTexts(parse(logWith({})).pipelines), [
      { id: "logPipelines/a", signal: "logs", path: "logPipelines[0]", ...common, otlp: allPushed, pull: {} },
    ]);
  });

  it("has its documented default in the settings", () => {
    assert.deepEqual(parse({}).settings, {
      enrichment: { podLabels: [], service: true },
      inputs: {
        prometheus: {
          tls: { insecureSkipVerify: false },
          limits: { samples: 50_000, bodySize: "16M" },
          hostNetworks: [],
          nativeHistograms: false,
          honorTimestamps: true,
          names: "utf8",
          bearerTokens: [],
        },
        prometheusOperator: { minimumInterval: "10s" },
        runtime: { kubelet: { insecureSkipVerify: false, ipFamily: "IPv4" } },
        istio: {},
        apiServer: {},
      },
      intervals: { prometheus: 30, prometheusOperator: 30, runtime: 30, istio: 30, apiServer: 30 },
      scraping: {
        tls: { insecureSkipVerify: false },
        limits: { samples: 50_000, bodyBytes: 16_000_000 },
        hostNetworks: [],
        nativeHistograms: false,
        honorTimestamps: true,
        names: "utf8",
        tokens: [],
      },
      istioMode: "auto",
      egress: [],
      agent: { logLevel: "info", resources: {}, nodeSelector: {}, labels: {}, annotations: {} },
      logAgent: {
        logLevel: "info",
        resources: {},
        nodeSelector: {},
        labels: {},
        annotations: {},
        startAt: "beginning",
        diskQueueBytes: 256 * 1024 * 1024,
      },
      gateway: {
        logLevel: "info",
        resources: {},
        nodeSelector: {},
        labels: {},
        annotations: {},
        legacyServices: false,
      },
      validation: { mode: "full", timeoutSeconds: 180 },
      verification: { mode: "always", timeoutSeconds: 60, onUnhealthy: "warn" },
      monitoring: { mode: "auto", dashboard: "auto", labels: {} },
    });
  });

  it("of the gateway's resources is given in Kubernetes quantities", () => {
    const resources = { requests: { cpu: "1.5", memory: "1Ki" }, limits: { cpu: "2", memory: "2Gi" } };
    assert.deepEqual(parse({ gateway: { resources } }).settings.gateway.resources, {
      cpuMillis: 1500,
      cpuLimitMillis: 2000,
      memoryRequest: 1024,
      memoryLimit: 2 * 1024 ** 3,
    });
  });

  it("has a default in whole millicores, bytes and seconds, as the cluster requires", () => {
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

  it("has its default beside fields that are set: a switch leaves its neighbours at their defaults", () => {
    const resources = { volume: { enabled: false } };
    const pulled = (runtime: object) => parse(metricWith({ input: { runtime } })).pipelines[0]!.pull;
    assert.deepEqual(pulled({ resources }), {});
    const { runtime } = pulled({ enabled: true, resources });
    assert.equal(runtime?.resources.volume.enabled, false);
    assert.equal(runtime.resources.pod.enabled, true);
  });
});

describe("A written setting", () => {
  const pulled = (fields: Record<string, object>) => {
    const input = Object.fromEntries(Object.entries(fields).map(([key, part]) => [key, { enabled: true, ...part }]));
    return parse(metricWith({ input })).pipelines[0]!.pull;
  };

  it("means all namespaces when the selector is empty, even where system namespaces are left out by default", () => {
    assert.deepEqual(pulled({ runtime: { namespaces: {} } }).runtime?.namespaces, {});
    assert.deepEqual(pulled({ istio: { namespaces: { exclude: [] } } }).istio?.namespaces, {});
  });

  it("rejects pushed data of unknown namespaces where namespaces are included, unless the user decides", () => {
    const unknown = (otlp: object): unknown =>
      parse(metricWith({ input: { otlp } })).pipelines[0]?.otlp.unknownNamespace;
    assert.deepEqual([{}, { namespaces: { exclude: ["a"] } }, { namespaces: { include: ["a"] } }].map(unknown), [
      "accept",
      "accept",
      "reject",
    ]);
    assert.equal(unknown({ namespaces: { include: ["a"] }, unknownNamespace: "accept" }), "accept");
    assert.equal(unknown({ unknownNamespace: "reject" }), "reject");
  });

  it("is a set where order has no meaning, so another order changes nothing in the cluster", () => {
    const { prometheus } = pulled({ prometheus: { namespaces: { include: ["b", "a", "b"] } } });
    assert.deepEqual(prometheus?.namespaces, { include: ["a", "b"] });
    const configuration = (...additionalMetrics: string[]) =>
      agentConfig("node", [pipeline("metrics", "a", { pull: pulled({ runtime: { additionalMetrics } }) })]);
    assert.deepEqual(
      configuration("k8s.pod.uptime", "k8s.node.uptime", "k8s.pod.uptime"),
      configuration("k8s.node.uptime", "k8s.pod.uptime"),
    );
  });

  it("keeps the order of pipelines, steps and headers", () => {
    const headers = ["B", "A"].map((name) => ({ name, value: "v" }));
    const transform = ["b", "a"].map((text) => ({ statements: [`set(span.name, "${text}")`] }));
    const { pipelines } = parse({ tracePipelines: [metric({ name: "z", transform }), metric()] });
    assert.deepEqual(
      pipelines.map(({ name }) => name),
      ["z", "a"],
    );
    assert.deepEqual(pipelines[0]?.transform, [
      { conditions: [], statements: ['set(span.name, "b")'] },
      { conditions: [], statements: ['set(span.name, "a")'] },
    ]);
    assert.deepEqual(
      parse(grpc({ headers })).pipelines[0]?.output.otlp.headers.map(({ name }) => name),
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
      pipelines.map(({ id }) => id),
      ["metricPipelines/a.b", "metricPipelines/a-b", "tracePipelines/a.b", "logPipelines/a.b"],
    );
  });

  it("turns TLS off by an endpoint with http://", () => {
    const plaintext = (endpoint: string) =>
      parse(grpc({ endpoint: { value: endpoint } })).pipelines[0]!.output.otlp.plaintext;
    assert.equal(plaintext("http://backend:4317"), true);
    assert.equal(plaintext("https://backend:4317"), false);
    assert.equal(plaintext("backend:4317"), false);
  });

  it("has a header's prefix without the spaces around it, and no prefix that is only spaces", () => {
    const prefix = (text: string) =>
      parse(grpc({ headers: [{ name: "A", value: "v", prefix: text }] })).pipelines[0]!.output.otlp.headers[0]!;
    assert.equal(prefix(" Bearer ").prefix, "Bearer");
    assert.equal("prefix" in prefix("  "), false);
  });

  it("sets intervals for all inputs and for one input, which takes precedence", () => {
    const { settings } = parse({ metric: { collectionInterval: "1m30s", istio: { collectionInterval: "1500ms" } } });
    assert.deepEqual(settings.intervals, {
      prometheus: 90,
      prometheusOperator: 90,
      runtime: 90,
      istio: 1.5,
      apiServer: 90,
    });
  });

  it("sets enrichments", () => {
    const { settings } = parse({
      enrichments: {
        cluster: { name: 'prod "eu" ${env:HOME}' },
        extractPodLabels: [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }],
        service: { enabled: false },
      },
    });
    assert.equal(settings.enrichment.clusterName, 'prod "eu" ${env:HOME}');
    assert.deepEqual(settings.enrichment.podLabels, [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }]);
    assert.equal(settings.enrichment.service, false);
  });

  it("takes the container logs of a log pipeline that turns them on, without those of system namespaces", () => {
    const of = (runtime: object) => parse(logWith({ input: { runtime } })).pipelines[0]?.containerLogs;
    assert.equal(of({}), undefined);
    assert.equal(of({ enabled: false, namespaces: { include: ["a"] } }), undefined);
    assert.deepEqual(of({ enabled: true }), {
      namespaces: { exclude: ["istio-system", "kube-system"] },
      containers: {},
      keepOriginalBody: true,
    });
    const all = { enabled: true, namespaces: {}, containers: { include: ["b", "a"] }, keepOriginalBody: false };
    assert.deepEqual(of(all), { namespaces: {}, containers: { include: ["a", "b"] }, keepOriginalBody: false });
  });
});
