import assert from "node:assert/strict";
import { gatewayConfig, gatewayPipelines } from "../../../components/plan/gateway-config";
import { credentialFiles } from "../../../components/credentials/credential-files";
import { pipelineModels } from "../../../components/plan";
import { parsePipelines, type Value } from "../../../components/settings";
import { gateway } from "../helpers/models";
import { valueOf } from "../helpers/pulumi";
import { recipeConfiguration, recipes, recipesPage } from "../helpers/recipes";

/** The parts of a recipe's configuration that differ between recipes. */
interface Made {
  /** Exporters by id, without queue and retries, and with the processor that turns metrics into deltas. */
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly authenticators: Readonly<Record<string, unknown>>;
  /** Content of the files that exporters refer to, with `<namespace/Secret/key>` in place of the Secret's value. */
  readonly files: Readonly<Record<string, string>>;
}

const sameEverywhere = [
  "sending_queue",
  "retry_on_failure",
  "keepalive",
  "http2_read_idle_timeout",
  "http2_ping_timeout",
];

async function madeOf(recipe: string): Promise<Made> {
  const { pipelines, warnings } = parsePipelines(recipeConfiguration(recipe), {
    now: new Date("2026-06-01T00:00:00Z"),
  });
  assert.deepEqual(warnings, []);
  const { exporters, extensions, service } = gatewayConfig(gateway(gatewayPipelines(pipelineModels(pipelines))));
  const processorsBefore = (exporter: string): string[] =>
    Object.values(service.pipelines).flatMap(({ exporters, processors }) =>
      exporters.includes(exporter) ? processors : [],
    );
  return {
    exporters: Object.fromEntries(
      Object.entries(exporters).map(([id, config]) => {
        const own = Object.entries(config as object).filter(([key]) => !sameEverywhere.includes(key));
        const toDelta = processorsBefore(id).filter((processor) => processor.startsWith("cumulativetodelta/"));
        return [id, { ...Object.fromEntries(own), ...(toDelta.length > 0 && { toDelta }) }];
      }),
    ),
    authenticators: Object.fromEntries(
      Object.entries(extensions).filter(([id]) => /^(basicauth|oauth2client)\//.test(id)),
    ),
    files: Object.fromEntries(
      await Promise.all(
        credentialFiles(pipelines).map(async ({ key, values, content }) => [
          key,
          content(await Promise.all(values.map(standIn))),
        ]),
      ),
    ) as Record<string, string>,
  };
}

const standIn = async ({ value }: { readonly value: Value }): Promise<string> =>
  value.kind === "literal" ? valueOf(value.value) : `<${value.namespace}/${value.name}/${value.key}>`;

/** The result of a recipe that has a similar pipeline of each kind. */
function ofEachKind(one: (kind: string, signal: string) => Made): Made {
  const all = [one("metric", "metrics"), one("trace", "traces"), one("log", "logs")];
  const merged = <K extends keyof Made>(part: K): Made[K] =>
    Object.assign({}, ...all.map((made) => made[part])) as Made[K];
  return { exporters: merged("exporters"), authenticators: merged("authenticators"), files: merged("files") };
}

const verified = { compression: "gzip", tls: { insecure: false } };

const expected: Readonly<Record<string, Made>> = {
  "prometheus.yaml": {
    exporters: {
      "otlp_http/metrics-prometheus": {
        // The whole path: the exporter adds nothing to it.
        metrics_endpoint: "http://prometheus.monitoring:9090/api/v1/otlp/v1/metrics",
        // Sending within the cluster costs less than compression.
        compression: "none",
        tls: { insecure: true },
      },
    },
    authenticators: {},
    files: {},
  },
  "grafana-cloud.yaml": ofEachKind((kind, signal) => ({
    exporters: {
      [`otlp_http/${signal}-grafana-cloud`]: {
        ...verified,
        endpoint: "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp",
        auth: { authenticator: `basicauth/${signal}-grafana-cloud` },
      },
    },
    authenticators: {
      [`basicauth/${signal}-grafana-cloud`]: {
        client_auth: `\${file:/credentials/${kind}_grafana-cloud_authentication}`,
      },
    },
    files: {
      [`${kind}_grafana-cloud_authentication`]:
        '{"username":"<telemetry-secrets/grafana-cloud/user>","password":"<telemetry-secrets/grafana-cloud/token>"}',
    },
  })),
  "dynatrace.yaml": ofEachKind((kind, signal) => ({
    exporters: {
      [`otlp_http/${signal}-dynatrace`]: {
        ...verified,
        endpoint: "https://abc12345.live.dynatrace.com/api/v2/otlp",
        headers: `\${file:/credentials/${kind}_dynatrace_headers}`,
        ...(kind === "metric" && { toDelta: ["cumulativetodelta/metrics-dynatrace"] }),
      },
    },
    authenticators: {},
    files: { [`${kind}_dynatrace_headers`]: '{"Authorization":"Api-Token <telemetry-secrets/dynatrace/token>"}' },
  })),
  "datadog.yaml": {
    exporters: {
      "otlp_http/metrics-datadog": {
        ...verified,
        endpoint: "https://otlp.datadoghq.com",
        headers: "${file:/credentials/metric_datadog_headers}",
        toDelta: ["cumulativetodelta/metrics-datadog"],
      },
    },
    authenticators: {},
    files: { metric_datadog_headers: '{"dd-api-key":"<telemetry-secrets/datadog/api-key>"}' },
  },
  "honeycomb.yaml": ofEachKind((kind, signal) => ({
    exporters: {
      [`otlp_grpc/${signal}-honeycomb`]: {
        ...verified,
        endpoint: "https://api.honeycomb.io:443",
        headers: `\${file:/credentials/${kind}_honeycomb_headers}`,
      },
    },
    authenticators: {},
    files: {
      [`${kind}_honeycomb_headers`]:
        kind === "metric"
          ? '{"x-honeycomb-dataset":"metrics","x-honeycomb-team":"<telemetry-secrets/honeycomb/api-key>"}'
          : '{"x-honeycomb-team":"<telemetry-secrets/honeycomb/api-key>"}',
    },
  })),
  "sap-cloud-logging.yaml": ofEachKind((kind, signal) => ({
    exporters: {
      [`otlp_grpc/${signal}-sap-cloud-logging`]: {
        compression: "gzip",
        endpoint: `\${file:/credentials/${kind}_sap-cloud-logging_endpoint}`,
        tls: {
          insecure: false,
          cert_file: `/credentials/${kind}_sap-cloud-logging_tls.cert`,
          key_file: `/credentials/${kind}_sap-cloud-logging_tls.key`,
        },
      },
    },
    authenticators: {},
    files: {
      [`${kind}_sap-cloud-logging_endpoint`]: "<telemetry-secrets/cloud-logging/ingest-otlp-endpoint>",
      [`${kind}_sap-cloud-logging_tls.cert`]: "<telemetry-secrets/cloud-logging/ingest-otlp-cert>",
      [`${kind}_sap-cloud-logging_tls.key`]: "<telemetry-secrets/cloud-logging/ingest-otlp-key>",
    },
  })),
  "container-logs.yaml": {
    exporters: {
      "otlp_grpc/logs-shop": {
        ...verified,
        endpoint: "https://logs.shop.example.com:4317",
        headers: "${file:/credentials/log_shop_headers}",
      },
      "otlp_http/logs-platform": {
        endpoint: "http://loki.logging.svc.cluster.local:3100/otlp",
        compression: "none",
        tls: { insecure: true },
      },
    },
    authenticators: {},
    files: { log_shop_headers: '{"Authorization":"Bearer <telemetry-secrets/shop-logs/token>"}' },
  },
  "istio-noise.yaml": ofEachKind((_kind, signal) => ({
    exporters: { [`otlp_grpc/${signal}-backend`]: { ...verified, endpoint: "https://otlp.example.com:4317" } },
    authenticators: {},
    files: {},
  })),
};

describe("A recipe for a backend", () => {
  it("exists for each backend that the page lists, and for no other", () => {
    const listed = [...recipesPage().matchAll(/\]\((.+?\.yaml)\)/g)].map(([, file]) => file);
    assert.deepEqual(listed.sort(), [...recipes].sort());
  });

  for (const recipe of recipes) {
    it(`makes exactly these exporters, authenticators and files, without a warning: ${recipe}`, async () => {
      assert.deepEqual(await madeOf(recipe), expected[recipe]);
    });
  }
});
