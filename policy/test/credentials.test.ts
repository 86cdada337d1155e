import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { certificateExpiry, expiryViolations } from "../rules/certificate-expiry";
import { mergedSecretImmutable } from "../rules/merged-secret-immutable";
import { noLiteralCredentials } from "../rules/no-literal-credentials";
import { judge, unknown } from "./judge";
import { configMap, daemonSet, exporter, mergedSecret } from "./good-objects";

const password = "hunter2-correct-horse";

describe("no-literal-credentials", () => {
  const noted = (fields: readonly object[]): ReturnType<typeof mergedSecret> => {
    const { metadata } = mergedSecret().props as { metadata: object };
    const annotations = { "telemetry/literal-credentials": JSON.stringify(fields) };
    return mergedSecret({ metric_shop_headers: password }, { metadata: { ...metadata, annotations } });
  };
  const header = { path: "metricPipelines[0].output.otlp.headers[0]", header: "X-Scope-OrgID" };

  it("accepts credentials that come from Secrets of the cluster", () => {
    assert.deepEqual(judge(noLiteralCredentials, mergedSecret({ metric_shop_headers: password })), { messages: [] });
    assert.deepEqual(judge(noLiteralCredentials, [configMap(), daemonSet()]), { messages: [] });
  });

  it("rejects fields that the program lists as text, except headers without a credential", () => {
    assert.deepEqual(judge(noLiteralCredentials, noted([{ path: "a.tls.key" }, header])).messages, [
      "a.tls.key is text in the configuration. Move it to a Secret, and reference it with valueFrom.secretKeyRef.",
      "metricPipelines[0].output.otlp.headers[0] (header X-Scope-OrgID) is text in the configuration. Move it to a Secret, and reference it with valueFrom.secretKeyRef.",
    ]);
    assert.deepEqual(judge(noLiteralCredentials, noted([header]), { publicHeaders: ["x-scope-orgid"] }).messages, []);
  });

  it("rejects text where a collector's configuration may only have references", () => {
    const given = configMap({
      exporters: {
        "otlp/metrics-shop": { ...exporter, headers: { "x-api-key": password, other: "${env:KEY}" } },
        "otlp/metrics-b": { ...exporter, endpoint: `https://user:${password}@otlp.example.com` },
      },
      extensions: {
        "basicauth/a": { client_auth: { username: "me", password } },
        "bearertokenauth/b": { token: password },
      },
    });
    assert.deepEqual(
      judge(noLiteralCredentials, given).messages,
      [
        "exporters.otlp/metrics-shop.headers.x-api-key (metricPipelines[shop].output.otlp)",
        "exporters.otlp/metrics-b.endpoint (metricPipelines[b].output.otlp)",
        "extensions.basicauth/a.client_auth.password",
        "extensions.bearertokenauth/b.token",
      ].map((path) => `${path} of the collector's configuration is text. Move it to a file of the merged Secret.`),
    );
  });

  it("rejects a token in a scrape job, and accepts the file of one", () => {
    const scrape = (authorization: object): ReturnType<typeof configMap> =>
      configMap({ receivers: { "prometheus/a": { config: { scrape_configs: [{ job_name: "a", authorization }] } } } });
    const judged = (authorization: object): readonly string[] =>
      judge(noLiteralCredentials, scrape(authorization)).messages;
    assert.deepEqual(judged({ type: "Bearer", credentials_file: "/credentials/prometheus_shop_token" }), []);
    assert.deepEqual(judged({ type: "Bearer", credentials: password }), [
      "receivers.prometheus/a.config.scrape_configs.0.authorization.credentials of the collector's configuration is text. Move it to a file of the merged Secret.",
    ]);
  });

  it("rejects an address with a query, in which some backends take a key", () => {
    const metrics_endpoint = `https://otlp.example.com/v1/metrics?api_key=${password}`;
    assert.deepEqual(
      judge(noLiteralCredentials, configMap({ exporters: { "otlp_http/a": { metrics_endpoint } } })).messages,
      [
        "exporters.otlp_http/a.metrics_endpoint of the collector's configuration is text. Move it to a file of the merged Secret.",
      ],
    );
  });

  it("rejects texts with the form of a credential, wherever they are", () => {
    const token = `ghp_${"a1".repeat(18)}`;
    const statements = [`set(span.attributes["a"], "${token}")`];
    const given = configMap({
      receivers: {
        "prometheus/a": { config: { scrape_configs: [{ params: { key: [`Bearer ${"x1".repeat(8)}`] } }] } },
      },
      processors: { "transform/user-traces-shop": { trace_statements: [{ statements }] } },
    } as object);
    assert.deepEqual(judge(noLiteralCredentials, given).messages, [
      "receivers.prometheus/a.config.scrape_configs.0.params.key.0 of the collector's configuration looks like the value of an Authorization header. Remove it, and reference a Secret with valueFrom.secretKeyRef in an output.",
      "processors.transform/user-traces-shop.trace_statements.0.statements.0 (tracePipelines[shop].transform) of the collector's configuration looks like a token of GitHub. Remove it, and reference a Secret with valueFrom.secretKeyRef in an output.",
    ]);
    assert.deepEqual(judge(noLiteralCredentials, daemonSet({ args: [`--set=${token}`] })).messages, [
      "container 'collector': args.0 looks like a token of GitHub. Remove it, and reference a Secret with valueFrom.secretKeyRef in an output.",
    ]);
  });

  it("rejects an address with credentials in any variable, and accepts one without", () => {
    const judged = (value: string) => judge(noLiteralCredentials, daemonSet({ env: [{ name: "HTTPS_PROXY", value }] }));
    assert.deepEqual(judged("http://proxy.example.com:3128").messages, []);
    assert.deepEqual(judged("http://user:secret@proxy.example.com:3128").messages, [
      "container 'collector': variable 'HTTPS_PROXY' is text. Use valueFrom.secretKeyRef.",
    ]);
  });

  it("rejects text in variables whose names suggest a credential", () => {
    const env = [
      { name: "API_TOKEN", value: password },
      { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
      { name: "GOMEMLIMIT", value: "1" },
    ];
    assert.deepEqual(judge(noLiteralCredentials, daemonSet({ env })).messages, [
      "container 'collector': variable 'API_TOKEN' is text. Use valueFrom.secretKeyRef.",
    ]);
  });

  it("waits for the update when the annotation is not known yet, but not for the Secret's name", () => {
    const labels = (mergedSecret().props as { metadata: { labels: object } }).metadata.labels;
    const named = (metadata: object): ReturnType<typeof mergedSecret> => mergedSecret({}, { metadata });
    assert.deepEqual(judge(noLiteralCredentials, named({ name: unknown, labels })), { messages: [] });
    const { unknown: note } = judge(noLiteralCredentials, named({ labels, annotations: unknown }));
    assert.match(note ?? "", /\.metadata\.annotations can't be known/);
  });
});

describe("merged-secret-immutable", () => {
  const message = "set immutable to true. A changed credential then makes a new Secret, and the pods roll to it.";

  it("accepts the Secret that is never edited, and Secrets of others", () => {
    assert.deepEqual(judge(mergedSecretImmutable, mergedSecret()), { messages: [] });
    assert.deepEqual(judge(mergedSecretImmutable, { type: "core/v1:Secret", props: {} }), { messages: [] });
  });

  it("rejects one that may be edited", () => {
    assert.deepEqual(judge(mergedSecretImmutable, mergedSecret({}, { immutable: undefined })).messages, [message]);
  });

  it("waits for the update when that is not known yet", () => {
    const { unknown: note } = judge(mergedSecretImmutable, mergedSecret({}, { immutable: unknown }));
    assert.match(note ?? "", /\.immutable can't be known/);
  });
});

describe("certificate-expiry", () => {
  const pem = readFileSync(join(__dirname, "../../test/unit/settings/certificates/brief-client.pem"), "utf8");
  const { validToDate } = new X509Certificate(pem);
  const before = (days: number): Date => new Date(validToDate.getTime() - days * 24 * 60 * 60 * 1000);
  const secret = mergedSecret({ "trace_shop_tls.cert": pem, "trace_shop_tls.key": password, trace_shop_headers: "-" });
  const day = validToDate.toISOString().slice(0, 10);

  it("accepts certificates with enough time left, and texts that are not certificates", () => {
    assert.deepEqual(expiryViolations(secret, { days: 30 }, before(31)), []);
    const broken = mergedSecret({ "a_tls.ca": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" });
    assert.deepEqual(expiryViolations(broken, { days: 30 }, before(0)), []);
  });

  it("rejects one that ends too soon or has ended, and names only setting, key and day", () => {
    assert.deepEqual(expiryViolations(secret, { days: 30 }, before(29)), [
      `tracePipelines[shop].output.otlp.tls.cert (key trace_shop_tls.cert of the merged Secret) has a certificate that expires on ${day}, in less than 30 days. Renew it in its source.`,
    ]);
    assert.deepEqual(expiryViolations(secret, { days: 30 }, before(-1)), [
      `tracePipelines[shop].output.otlp.tls.cert (key trace_shop_tls.cert of the merged Secret) has a certificate that expired on ${day}. Renew it in its source.`,
    ]);
  });

  it("finds each certificate of a chain", () => {
    assert.equal(expiryViolations(mergedSecret({ "a_tls.ca": pem + pem }), { days: 30 }, before(1)).length, 2);
  });

  it("uses the current time when the engine runs it", () => {
    assert.equal(judge(certificateExpiry, secret, { days: 1_000_000 }).messages.length, 1);
  });

  it("waits for the update when a file is not known yet", () => {
    const { unknown: note } = judge(certificateExpiry, mergedSecret({}, { data: unknown }));
    assert.match(note ?? "", /\.data can't be known/);
  });
});
