import assert from "node:assert/strict";
import { backendHosts } from "../rules/backend-hosts";
import { backendTls } from "../rules/backend-tls";
import { judge, unknown } from "./judge";
import { configMap, exporter, mergedSecret } from "./good-objects";

const secretHost = "tenant-4711.hidden.example.net";
const to = (change: object): ReturnType<typeof configMap> =>
  configMap({ exporters: { "otlp_http/logs-shop": { ...exporter, ...change } } });
const unknownConfiguration = { type: "core/v1:ConfigMap", props: { data: { "relay.yaml": unknown } } };

describe("backend-tls", () => {
  const plain =
    "exporter 'otlp_http/logs-shop' sends without TLS. Change logPipelines[shop].output.otlp.endpoint to https:// and remove logPipelines[shop].output.otlp.tls.insecure.";
  const unverified =
    "exporter 'otlp_http/logs-shop' does not verify the backend's certificate. Remove logPipelines[shop].output.otlp.tls.insecureSkipVerify, and set logPipelines[shop].output.otlp.tls.ca to the backend's certificate authority.";

  it("accepts TLS, data that stays in the pod, and hosts that the environment names", () => {
    assert.deepEqual(judge(backendTls, configMap()), { messages: [] });
    assert.deepEqual(
      judge(backendTls, to({ endpoint: "http://127.0.0.1:4318", tls: { insecure: true } })).messages,
      [],
    );
    const inMesh = to({ endpoint: "http://collector.mesh:4318", tls: { insecure: true } });
    assert.deepEqual(judge(backendTls, inMesh, { plaintextHosts: ["*.mesh"] }).messages, []);
  });

  it("rejects plain text and certificates that are not verified", () => {
    assert.deepEqual(judge(backendTls, to({ tls: { insecure: true } })).messages, [plain]);
    assert.deepEqual(judge(backendTls, to({ logs_endpoint: "http://otlp.example.com/v1/logs" })).messages, [plain]);
    assert.deepEqual(judge(backendTls, to({ tls: { insecure_skip_verify: true } })).messages, [unverified]);
  });

  it("explains that the host of an address in a Secret is not known", () => {
    const secret = to({ endpoint: "${file:/credentials/log_shop_endpoint}", tls: { insecure: true } });
    assert.deepEqual(judge(backendTls, secret, { plaintextHosts: ["collector.mesh"] }).messages, [
      "exporter 'otlp_http/logs-shop' sends without TLS, and plaintextHosts cannot allow it because its address is in a Secret. Change logPipelines[shop].output.otlp.endpoint to https:// and remove logPipelines[shop].output.otlp.tls.insecure, or write the address as text.",
    ]);
  });

  it("reads addresses in the merged Secret, and never shows them", () => {
    const files = {
      log_shop_endpoint: `http://${secretHost}`,
      log_shop_authentication: JSON.stringify({ token_url: `http://${secretHost}/token`, client_secret: "hunter2" }),
      log_shop_headers: "http://no.address",
    };
    assert.deepEqual(judge(backendTls, mergedSecret(files)).messages, [
      "logPipelines[shop].output.otlp.endpoint (key log_shop_endpoint of the merged Secret) starts with http://. Change it to https:// in its source.",
      "logPipelines[shop].output.otlp.authentication.oauth2.tokenURL (key log_shop_authentication of the merged Secret) starts with http://. Change it to https:// in its source.",
    ]);
  });

  it("waits for the update when the configuration is not known yet", () => {
    assert.match(judge(backendTls, unknownConfiguration).unknown ?? "", /can't be known/);
  });
});

describe("backend-hosts", () => {
  const hosts = ["otlp.example.com", "*.eu.example.com"];
  const remedy =
    "Change logPipelines[shop].output.otlp.endpoint to one of otlp.example.com, *.eu.example.com, or add its host to `hosts` of this rule.";

  it("accepts any host when the environment names none, else those it names", () => {
    assert.deepEqual(judge(backendHosts, to({ endpoint: "https://anywhere.example.net" })), { messages: [] });
    for (const endpoint of [
      "https://otlp.example.com:4317",
      "OTLP.example.com:443",
      "https://a.b.eu.example.com/otlp",
      "https://otlp.eu.example.com.:4317",
    ]) {
      assert.deepEqual(judge(backendHosts, to({ endpoint }), { hosts }), { messages: [] });
    }
    const dotted = { hosts: ["otlp.example.com.", "*.eu.example.com."] };
    for (const endpoint of ["https://otlp.example.com", "https://otlp.eu.example.com.:4317"])
      assert.deepEqual(judge(backendHosts, to({ endpoint }), dotted), { messages: [] });
  });

  it("rejects other hosts, also similar ones", () => {
    for (const [endpoint, host] of [
      ["https://otlp.example.com.evil.net", "otlp.example.com.evil.net"],
      ["https://otlp.example.com@evil.net:4317", "evil.net"],
      ["https://noteu.example.com", "noteu.example.com"],
      ["http://[2001:db8::1]:4317", "2001:db8::1"],
      ["dns:///evil.net:4317", "evil.net"],
    ] as const) {
      assert.deepEqual(judge(backendHosts, to({ endpoint }), { hosts }).messages, [
        `exporter 'otlp_http/logs-shop' sends to ${host}. ${remedy}`,
      ]);
    }
  });

  it("judges an address in the merged Secret without showing it", () => {
    const judged = judge(backendHosts, mergedSecret({ trace_shop_endpoint: `https://${secretHost}` }), { hosts });
    assert.deepEqual(judged.messages, [
      `tracePipelines[shop].output.otlp.endpoint (key trace_shop_endpoint of the merged Secret) has a host that is not allowed. ${remedy.replace("logPipelines", "tracePipelines")}`,
    ]);
  });

  it("reads the Secret before the provider has checked it, as in a first preview", () => {
    const stringData = { trace_shop_endpoint: "https://otlp.example.com" };
    assert.deepEqual(judge(backendHosts, mergedSecret({}, { data: undefined, stringData }), { hosts }).messages, []);
  });

  it("waits for the update when the configuration is not known yet", () => {
    assert.match(judge(backendHosts, unknownConfiguration, { hosts }).unknown ?? "", /can't be known/);
  });
});
