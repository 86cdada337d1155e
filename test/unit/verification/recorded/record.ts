/**
 * Records how the real collector logs failed exports: `node --import tsx test/unit/verification/recorded/record.ts`.
 * Each case is an exporter of its own against a small server on this machine. The lines replace the file of the
 * collector's version. A busy machine adds time limits that are no part of a case.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { grpcWords } from "./grpc-words";
import { certificates, startServers } from "./servers";

const seconds = 75;
const receivers = { usual: 24318, large: 24319, strict: 24317, tls: 24316, uncompressed: 24315 } as const;

type Exporter = Readonly<Record<string, unknown>>;

const http = (endpoint: string, change: Exporter = {}): Exporter => ({ traces_endpoint: endpoint, ...change });
const grpc = (endpoint: string, change: Exporter = {}): Exporter => ({ endpoint, tls: { insecure: true }, ...change });

/** An address that no server of the tests has. */
const noServer = "127.0.0.1:9";
const grpcCodes = { invalid: 3, notfound: 5, denied: 7, exhausted: 8, precondition: 9, range: 11, unimplemented: 12 };
const moreGrpcCodes = { internal: 13, unavailable: 14, unauthenticated: 16, unknown: 2, aborted: 10, cancelled: 1 };
const statuses = [
  ...[400, 401, 402, 403, 404, 405, 408, 410, 411, 412, 413, 414, 415, 421, 422, 426, 429, 431, 451, 464, 494],
  ...[500, 502, 503, 504, 505, 522],
];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "recorded-"));
  const pki = certificates(folder);
  const at = await startServers(pki);
  const trusted = { ca_file: pki.ca };
  const token = (tokenUrl: string, change: Exporter = {}): Exporter => ({
    client_id: "recorder",
    client_secret: "none",
    token_url: tokenUrl,
    timeout: "3s",
    ...change,
  });
  const tokens: Readonly<Record<string, Exporter>> = {
    answer: token(`http://${at.http}/status/401`),
    html: token(`http://${at.http}/status/200`),
    refused: token(`http://${noServer}/token`),
    dns: token("http://no-such-host.invalid/token"),
    authority: token(`https://localhost:${at.tls}/token`),
    expired: token(`https://localhost:${at.expired}/token`, { tls: trusted }),
    hostname: token(`https://localhost:${at.otherName}/token`, { tls: trusted }),
    plain: token(`https://${at.http}/token`),
    silent: token(`http://${at.silent}/token`),
    closing: token(`http://${at.closing}/token`),
    handshake: token(`https://localhost:${at.oldTls}/token`, { tls: trusted }),
  };
  const exporters: Readonly<Record<string, Exporter>> = {
    "otlp_grpc/refused": grpc(noServer),
    "otlp_http/refused": http(`http://${noServer}/v1/traces`),
    "otlp_http/proxy-refused": http("https://backend.example.com/v1/traces", { proxy_url: `http://${at.proxy}` }),
    "otlp_http/proxy-plain": http("http://backend.example.com/v1/traces", { proxy_url: `http://${at.proxy}` }),
    "otlp_grpc/dns": grpc("no-such-host.invalid:4317"),
    "otlp_http/dns": http("http://no-such-host.invalid:4318/v1/traces"),
    "otlp_grpc/unreachable": grpc("[2001:db8::1]:4317"),
    "otlp_http/unreachable": http("http://[2001:db8::1]:4318/v1/traces"),
    "otlp_grpc/silent": grpc(at.silent),
    "otlp_http/silent": http(`http://${at.silent}/v1/traces`, { timeout: "5s" }),
    "otlp_grpc/silent-tls": grpc(at.silent, { tls: trusted }),
    "otlp_http/silent-tls": http(`https://${at.silent}/v1/traces`, { timeout: "5s", tls: trusted }),
    // The time limit of exporters is 30 s, and that of Go for the start of TLS 10 s.
    "otlp_http/silent-tls-usual": http(`https://${at.silent}/v1/traces`, { tls: trusted }),
    "otlp_grpc/goaway": grpc(at.goaway),
    "otlp_grpc/pings": grpc(`127.0.0.1:${at.deaf}`, { timeout: "30s", keepalive: { time: "10s", timeout: "3s" } }),
    "otlp_http/pings": http(`https://localhost:${at.deafTls}/v1/traces`, {
      tls: trusted,
      http2_read_idle_timeout: "5s",
      http2_ping_timeout: "3s",
    }),
    "otlp_http/redirect": http(`http://${at.http}/redirect/307`, { timeout: "5s" }),
    "otlp_http/redirect-refused": http(`http://${at.http}/redirect-refused/308`),
    "otlp_http/redirect-loop": http(`http://${at.http}/redirect-loop/308`),
    "otlp_http/redirect-nowhere": http(`http://${at.http}/status/308`),
    "otlp_grpc/closing": grpc(at.closing),
    "otlp_http/closing": http(`http://${at.closing}/v1/traces`),
    "otlp_grpc/resetting": grpc(at.resetting),
    "otlp_http/resetting": http(`http://${at.resetting}/v1/traces`),
    "otlp_grpc/http1": grpc(at.http),
    "otlp_grpc/http1-tls": grpc(`localhost:${at.http1Tls}`, { tls: trusted }),
    "otlp_grpc/no-alpn": grpc(`localhost:${at.noAlpn}`, { tls: trusted }),
    "otlp_http/h2c": http(`http://${at.grpc}/v1/traces`),
    "otlp_grpc/html": grpc(at.html),
    "otlp_grpc/html-431": grpc(at.html, { headers: { "x-status": "431" } }),
    "otlp_grpc/html-503": grpc(at.html, { headers: { "x-status": "503" } }),
    "otlp_grpc/html-401": grpc(at.html, { headers: { "x-status": "401" } }),
    "otlp_grpc/html-404": grpc(at.html, { headers: { "x-status": "404" } }),
    "otlp_grpc/html-413": grpc(at.html, { headers: { "x-status": "413" } }),
    "otlp_grpc/html-429": grpc(at.html, { headers: { "x-status": "429" } }),
    "otlp_grpc/html-204": grpc(at.html, { headers: { "x-status": "204" } }),
    "otlp_grpc/html-415": grpc(at.html, { headers: { "x-status": "415" } }),
    "otlp_grpc/html-464": grpc(at.html, { headers: { "x-status": "464" } }),
    "otlp_grpc/html-502": grpc(at.html, { headers: { "x-status": "502" } }),
    "otlp_grpc/cancelling": grpc(at.cancelling),
    "otlp_grpc/plain": grpc(at.http, { tls: trusted }),
    "otlp_http/plain": http(`https://${at.http}/v1/traces`, { tls: trusted }),
    "otlp_grpc/tls-only": grpc(`localhost:${at.tls}`),
    "otlp_http/tls-only": http(`http://localhost:${at.tls}/v1/traces`),
    "otlp_http/tls-only-go": http(`http://localhost:${receivers.tls}/v1/traces`),
    "otlp_http/tls-400": http(`https://localhost:${at.http1Tls}/status/400`, { tls: trusted }),
    "otlp_http/compression": http(`http://127.0.0.1:${receivers.uncompressed}/v1/traces`, { compression: "gzip" }),
    "otlp_grpc/authority": grpc(`localhost:${at.tls}`, { tls: {} }),
    "otlp_http/authority": http(`https://localhost:${at.tls}/v1/traces`),
    "otlp_http/intermediate": http(`https://localhost:${at.noIntermediate}/v1/traces`, { tls: trusted }),
    "otlp_grpc/expired": grpc(`localhost:${at.expired}`, { tls: trusted }),
    "otlp_http/expired": http(`https://localhost:${at.expired}/v1/traces`, { tls: trusted }),
    "otlp_grpc/hostname": grpc(`localhost:${at.otherName}`, { tls: trusted }),
    "otlp_http/hostname": http(`https://localhost:${at.otherName}/v1/traces`, { tls: trusted }),
    "otlp_http/address": http(`https://127.0.0.1:${at.tls}/v1/traces`, { tls: trusted }),
    "otlp_http/common-name": http(`https://localhost:${at.commonName}/v1/traces`, { tls: trusted }),
    "otlp_grpc/client-certificate": grpc(`localhost:${at.mutual}`, { tls: trusted }),
    "otlp_http/client-certificate": http(`https://localhost:${at.mutual}/v1/traces`, { tls: trusted }),
    "otlp_http/other-client": http(`https://localhost:${at.mutual}/v1/traces`, {
      tls: { ...trusted, cert_file: pki.strangerCert, key_file: pki.strangerKey },
    }),
    "otlp_grpc/old-tls": grpc(`localhost:${at.oldTls}`, { tls: trusted }),
    "otlp_http/old-tls": http(`https://localhost:${at.oldTls}/v1/traces`, { tls: trusted }),
    "otlp_http/long-header": http(`http://${at.http}/v1/traces`, { headers: { "x-long": "a".repeat(20_000) } }),
    "otlp_grpc/long-header": grpc(at.grpc, { headers: { "x-long": "a".repeat(200_000) } }),
    "otlp_grpc/header-limit": grpc(at.headerLimit, { headers: { "x-long": "a".repeat(20_000) } }),
    "otlp_grpc/too-large": grpc(`127.0.0.1:${receivers.strict}`, { compression: "none" }),
    "otlp_grpc/queue-full": grpc(at.silent, { sending_queue: { queue_size: 1, num_consumers: 1 } }),
    "otlp_http/queue-too-small": http(`http://${at.http}/status/200`, {
      sending_queue: { queue_size: 10, sizer: "bytes" },
    }),
    ...Object.fromEntries(
      statuses.map((status) => [`otlp_http/status-${status}`, http(`http://${at.http}/status/${status}`)]),
    ),
    // The words of Go's gRPC server about a request that it cannot read.
    "otlp_grpc/not-utf8": grpc(at.grpc, {
      headers: {
        "x-code": "13",
        "x-message": "grpc: failed to unmarshal the received message: string field contains invalid UTF-8",
      },
    }),
    ...Object.fromEntries(
      Object.entries({ ...grpcCodes, ...moreGrpcCodes }).map(([name, code]) => [
        `otlp_grpc/code-${name}`,
        grpc(at.grpc, { headers: { "x-code": String(code) } }),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(grpcWords).map(([name, { code, message }]) => [
        `otlp_grpc/words-${name}`,
        grpc(at.grpc, { headers: { "x-code": String(code), "x-message": message } }),
      ]),
    ),
    ...Object.fromEntries(
      Object.keys(tokens).flatMap((name) => {
        const auth = { authenticator: `oauth2client/${name}` };
        return [
          [`otlp_http/token-${name}`, http(`http://${at.http}/status/200`, { auth })],
          // gRPC sends tokens over TLS only.
          [`otlp_grpc/token-${name}`, grpc(`localhost:${at.h2Tls}`, { auth, tls: trusted })],
        ];
      }),
    ),
  };
  const large = ["otlp_grpc/too-large"];
  const listen = (port: number, protocol = "http", change: object = {}): unknown => ({
    protocols: { [protocol]: { endpoint: `127.0.0.1:${port}`, ...change } },
  });
  const config = {
    receivers: {
      otlp: listen(receivers.usual),
      "otlp/large": listen(receivers.large),
      "otlp/strict": listen(receivers.strict, "grpc", { max_recv_msg_size_mib: 1 }),
      "otlp/tls": listen(receivers.tls, "http", {
        tls: { cert_file: join(folder, "server.pem"), key_file: join(folder, "server.key") },
      }),
      "otlp/uncompressed": listen(receivers.uncompressed, "http", { compression_algorithms: [""] }),
    },
    exporters: {
      debug: {},
      ...Object.fromEntries(
        Object.entries(exporters).map(([id, exporter]) => [
          id,
          {
            compression: "none",
            retry_on_failure: { initial_interval: "2s", max_interval: "5s", max_elapsed_time: "30s" },
            ...exporter,
          },
        ]),
      ),
    },
    extensions: Object.fromEntries(Object.entries(tokens).map(([id, one]) => [`oauth2client/${id}`, one])),
    service: {
      extensions: Object.keys(tokens).map((id) => `oauth2client/${id}`),
      pipelines: {
        "traces/strict": { receivers: ["otlp/strict", "otlp/tls", "otlp/uncompressed"], exporters: ["debug"] },
        "traces/large": { receivers: ["otlp/large"], exporters: large },
        "traces/usual": {
          receivers: ["otlp"],
          exporters: Object.keys(exporters).filter((id) => !large.includes(id)),
        },
      },
      telemetry: {
        logs: { encoding: "json", level: "info", sampling: { enabled: false } },
        metrics: { level: "none" },
      },
    },
  };
  const configFile = join(folder, "config.yaml");
  writeFileSync(configFile, stringify(config));
  const collector = spawn("otelcol-contrib", ["--config", configFile], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  collector.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
  await waitFor(
    () => log.includes("Everything is ready"),
    () => log,
  );
  for (let i = 0; i < 5; i++) {
    await send(receivers.usual, "small");
    await sleep(200);
  }
  await send(receivers.large, "a".repeat(2_000_000));
  await sleep(seconds * 1000);
  collector.kill("SIGINT");
  await once(collector, "exit");
  writeFileSync(join(folder, "log"), log);
  const [version = ""] =
    /[\d.]+$/.exec(execFileSync("otelcol-contrib", ["--version"], { encoding: "utf8" }).trim()) ?? [];
  writeFileSync(join(__dirname, `export-errors-${version}.jsonl`), distinct(log, folder).join("\n") + "\n");
  console.log(`${Object.keys(exporters).length} exporters; the whole log is in ${folder}`);
  process.exit(0);
}

async function waitFor(holds: () => boolean, text: () => string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (holds()) return;
    await sleep(200);
  }
  throw new Error(text().slice(-2000));
}

async function send(port: number, text: string): Promise<void> {
  const [attribute] = [{ key: "text", value: { stringValue: text } }];
  const time = `${Date.now()}000000`;
  const span = {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
    name: "recorded",
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: [attribute],
  };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const headers = { "content-type": "application/json" };
  await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: "POST", headers, body }).catch(() => undefined);
}

/** Keeps each line about an export once for each exporter; ports, times and stacks do not distinguish lines. */
function distinct(log: string, folder: string): string[] {
  const seen = new Set<string>();
  return log.split("\n").flatMap((text) => {
    if (!text.startsWith("{") || !text.includes("Exporting failed.")) return [];
    const { stacktrace, ...line } = JSON.parse(text.replaceAll(folder, "/pki")) as Record<string, unknown>;
    void stacktrace;
    const { error, ["otelcol.component.id"]: id } = line;
    if (String(error).startsWith("interrupted due to shutdown")) return [];
    const key = JSON.stringify([id, String(error).replace("no more retries left: ", "").replace(/\d+/g, "0")]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [JSON.stringify(line)];
  });
}

void main();
