import type { LogPipelineArgs, MetricPipelineArgs, PipelinesArgs, TracePipelineArgs } from "../../components/settings";

const secretKeyRef = (name: string, key: string) => ({ secretKeyRef: { name, namespace: "shop", key } });

const first: PipelinesArgs = {
  metricPipelines: [
    {
      name: "backend",
      input: { prometheus: { enabled: true }, runtime: { enabled: true } },
      output: { otlp: { endpoint: { value: "https://backend.example.com:4317" } } },
    },
  ],
};

const metric: MetricPipelineArgs[] = [
  {
    name: "shop",
    input: {
      otlp: { namespaces: { include: ["shop", "payment"] } },
      prometheus: { enabled: true, diagnosticMetrics: { enabled: true } },
      runtime: {
        enabled: true,
        resources: { volume: { enabled: false } },
        additionalMetrics: ["k8s.pod.cpu_limit_utilization"],
      },
    },
    transform: [{ statements: ['set(datapoint.attributes["team"], "shop")'] }],
    filter: [
      { conditions: ['metric.name == "requests" and datapoint.value_double == 0.0 and datapoint.value_int == 0'] },
    ],
    output: {
      otlp: {
        protocol: "http",
        endpoint: { value: "https://backend.example.com/api/v2/otlp" },
        compression: "zstd",
        temporality: "delta",
        headers: [{ name: "Authorization", prefix: "Api-Token", valueFrom: secretKeyRef("backend", "token") }],
      },
    },
  },
];

const trace: TracePipelineArgs[] = [
  {
    name: "shop",
    filter: [{ conditions: ['span.attributes["http.route"] == "/healthz"'] }],
    output: {
      otlp: {
        endpoint: { value: "backend.example.com:4317" },
        tls: {
          cert: { valueFrom: secretKeyRef("backend-tls", "tls.crt") },
          key: { valueFrom: secretKeyRef("backend-tls", "tls.key") },
        },
      },
    },
  },
];

const log: LogPipelineArgs[] = [
  {
    name: "shop",
    input: { otlp: { namespaces: { exclude: ["kube-system"] } } },
    output: {
      otlp: {
        endpoint: { valueFrom: secretKeyRef("backend", "endpoint") },
        authentication: {
          oauth2: {
            tokenURL: { value: "https://idp.example.com/token" },
            clientID: { valueFrom: secretKeyRef("backend", "client-id") },
            clientSecret: { valueFrom: secretKeyRef("backend", "client-secret") },
            scopes: ["telemetry.write"],
          },
        },
      },
    },
  },
];

const settings: PipelinesArgs = {
  metric: { collectionInterval: "60s", runtime: { collectionInterval: "30s" } },
  enrichments: {
    cluster: { name: "production-eu" },
    extractPodLabels: [{ key: "app.kubernetes.io/version" }, { keyPrefix: "team/" }],
  },
};

/** Examples of the reference page. A test parses each of them. */
export const examples = {
  first,
  metric,
  trace,
  log,
  settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [`telemetry:${key}`, value as unknown])),
};
