import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { exporterComponents } from "../../components/collector/exporter";
import { makeCertificates, type Certificates } from "../e2e/support/backends";
import { eventually } from "../e2e/support/eventually";
import { logsRequest, now } from "../e2e/support/otlp";
import { pipeline } from "../unit/helpers/models";

/** Seconds after which data must arrive again: a connection is probed after 30 and given up after 10 more, then retried. */
const longestGap = 60;

/**
 * Forwards connections. On demand, stops to forward packets of the existing ones, like NAT and load balancers that have
 * forgotten a connection: neither end gets an error. New connections are forwarded.
 */
class ForgetfulProxy {
  private readonly forgotten = new WeakSet<Socket>();
  private readonly known = new Set<Socket>();
  private readonly server: Server;

  constructor(backend: number) {
    this.server = createServer((client) => {
      const server = connect(backend, "127.0.0.1");
      this.known.add(client);
      client.on("data", (data) => void (this.forgotten.has(client) || server.write(data)));
      server.on("data", (data) => void (this.forgotten.has(client) || client.write(data)));
      for (const socket of [client, server]) {
        socket.on("error", () => undefined);
        socket.on("close", () => {
          client.destroy();
          server.destroy();
        });
      }
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return (this.server.address() as AddressInfo).port;
  }

  forget(): void {
    for (const socket of this.known) this.forgotten.add(socket);
  }

  close(): void {
    this.server.close();
    for (const socket of this.known) socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const telemetry = (port: number): object => {
  const prometheus = { host: "127.0.0.1", port, without_type_suffix: true, without_units: true };
  return { logs: { level: "error" }, metrics: { readers: [{ pull: { exporter: { prometheus } } }] } };
};

const serverTls = (certificates: Certificates | undefined): object =>
  certificates ? { tls: { cert_pem: certificates.serverCert, key_pem: certificates.serverKey } } : {};

describe("a connection whose packets are dropped", function () {
  this.timeout("5m");
  const folder = mkdtempSync(join(tmpdir(), "black-hole-"));
  const collectors: ChildProcess[] = [];
  const proxies: ForgetfulProxy[] = [];

  const collector = (name: string, config: object): void => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify(config));
    collectors.push(spawn("otelcol-contrib", ["--config", file], { stdio: "ignore" }));
  };

  after(() => {
    for (const child of collectors) child.kill("SIGKILL");
    for (const proxy of proxies) proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [way, protocol] of Object.entries({ gRPC: "grpc", "HTTP/1.1": "http", "HTTP/2": "http" } as const)) {
    it(`is replaced within ${longestGap} s, and nothing is lost: ${way}`, async () => {
      // Go's client speaks HTTP/2 only over TLS.
      const secure = way === "HTTP/2" ? await makeCertificates("black-hole") : undefined;
      const name = way.replace(/\W/g, "").toLowerCase();
      const [push, backend, metrics, senderMetrics] = await Promise.all([
        freePort(),
        freePort(),
        freePort(),
        freePort(),
      ]);
      const proxy = new ForgetfulProxy(backend);
      proxies.push(proxy);
      const address = `127.0.0.1:${await proxy.listen()}`;
      collector(`backend-${name}`, {
        receivers: { otlp: { protocols: { [protocol]: { endpoint: `127.0.0.1:${backend}`, ...serverTls(secure) } } } },
        exporters: { debug: {} },
        service: { telemetry: telemetry(metrics), pipelines: { logs: { receivers: ["otlp"], exporters: ["debug"] } } },
      });
      // The product's own exporter, with its keepalive, queue and retries.
      const endpoint = { text: protocol === "grpc" ? address : `${secure ? "https" : "http"}://${address}` };
      const tls = { insecure: !secure, insecureSkipVerify: secure !== undefined };
      const model = pipeline("logs", "shop", { exporter: { protocol, endpoint, tls } });
      const { id, exporters } = exporterComponents(model, 16 * 1024 * 1024, { inBatches: true });
      collector(`sender-${name}`, {
        receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${push}` } } } },
        exporters,
        service: {
          telemetry: telemetry(senderMetrics),
          pipelines: { logs: { receivers: ["otlp"], exporters: [id] } },
        },
      });
      let sent = 0;
      const send = async (): Promise<void> => {
        const response = await fetch(`http://127.0.0.1:${push}/v1/logs`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(logsRequest([{ body: "text", time: now() }])),
        });
        if (response.ok) sent++;
      };
      const received = async (): Promise<number> => {
        const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
        return Number(/^otelcol_receiver_accepted_log_records\{.*\} (\S+)$/m.exec(text)?.[1] ?? 0);
      };
      await eventually(send, 30);
      await eventually(async () => assert.ok((await received()) > 0), 30);
      const sending = setInterval(() => void send().catch(() => undefined), 200);
      try {
        await sleep(5000);
        proxy.forget();
        const forgotten = Date.now();
        await sleep(3000);
        const before = await received();
        await eventually(async () => assert.ok((await received()) > before, "no data arrives"), longestGap);
        console.log(`      ${Math.round((Date.now() - forgotten) / 1000)} s without data over ${way}`);
      } finally {
        clearInterval(sending);
      }
      // A request under way is retried after up to 30 seconds.
      await eventually(async () => assert.equal(await received(), sent), 90);
    });
  }
});
