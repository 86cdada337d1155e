import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Lease } from "@kubernetes/client-node";
import { loadKubeConfig } from "../../../components/cluster-access";
import { Lease, leaseName, leaseTimes } from "../../../manager/lease";
import { kubeconfigOf } from "../helpers/kubeconfig";

/** An API server with one lease. It answers with each refusal once, in order, before it serves the lease. */
class FakeApiServer {
  readonly refusals: { readonly code: number; readonly body: string }[] = [];
  lease: V1Lease | undefined;
  /** The number of answers that are not refusals. */
  served = 0;
  private readonly server: Server = createServer((request, response) => void this.respond(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  refuse(code: number, message: string): void {
    this.refusals.push({ code, body: JSON.stringify({ kind: "Status", status: "Failure", code, message }) });
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const answer = (code: number, body: string): void =>
      void response
        .writeHead(code, { "content-type": "application/json", "x-request": String(Math.random()) })
        .end(body);
    const refusal = this.refusals.shift();
    if (refusal) return answer(refusal.code, refusal.body);
    this.served++;
    if (request.method !== "GET") {
      const version = Number(this.lease?.metadata?.resourceVersion ?? 0) + 1;
      const lease = JSON.parse(text) as V1Lease;
      this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } };
    }
    if (this.lease === undefined) return answer(404, JSON.stringify({ kind: "Status", code: 404, message: "no" }));
    answer(200, JSON.stringify(this.lease));
  }
}

describe("the lease of a manager", () => {
  it("is renewed before it is given up, and given up before another manager takes it", () => {
    const { renewEvery, giveUpAfter, duration } = leaseTimes;
    assert.ok(renewEvery < giveUpAfter, "a manager that fails to renew the lease once would end");
    assert.ok(giveUpAfter < duration, "two managers would act at once");
  });

  it("has the stack's name, or a name that Kubernetes allows and no other stack has", () => {
    for (const stack of ["dev", "prod-eu", "prod.eu", "2"])
      assert.equal(leaseName(stack), `telemetry-manager-${stack}`);
    const others = ["Prod_EU", "prod_eu", "prod-EU", "_", "a-", "a..b", ".", "x".repeat(300), "org/project/prod"];
    const names = others.map(leaseName);
    assert.equal(names[0], "telemetry-manager-prod-eu-51006711");
    assert.ok(readFileSync("docs/manager.md", "utf8").includes(`\`${names[0]}\``));
    for (const name of names) assert.match(name, /^telemetry-manager-([a-z0-9]+-)*[0-9a-f]{8}$/);
    for (const name of names) assert.ok(name.length <= 253, name);
    assert.equal(new Set(names).size, names.length);
  });
});

describe("A manager that wants its lease", () => {
  let api: FakeApiServer;
  let server: string;
  let lines: string[];
  const stopping = new AbortController();

  const lease = (): Lease =>
    new Lease(
      loadKubeConfig({ kubeconfig: kubeconfigOf(server) }),
      {
        namespace: "ops",
        name: "telemetry-manager-prod",
        onWait: (holder) => lines.push(`waits for ${holder}`),
        onProblem: (problem) => lines.push(problem),
        onLost: (problem) => lines.push(`lost: ${problem}`),
      },
      10,
    );
  const problem = (reason: string): string =>
    `The lease ops/telemetry-manager-prod cannot be taken, so this manager does nothing: ${reason} It tries again every 0.01 seconds.`;
  const forbidden = 'leases.coordination.k8s.io "telemetry-manager-prod" is forbidden: User "a" cannot get resource';
  const needed = "The account needs the rights to get, create and update leases there.";

  beforeEach(async () => {
    api = new FakeApiServer();
    server = await api.start();
    lines = [];
  });
  afterEach(() => api.stop());

  it("reports each reason for which it cannot take the lease once, and takes it as soon as it can", async () => {
    for (let times = 0; times < 3; times++) api.refuse(403, forbidden);
    for (let times = 0; times < 2; times++) api.refuse(422, "metadata.name: Invalid value");
    for (let times = 0; times < 2; times++) api.refusals.push({ code: 503, body: "<html>" });
    const mine = lease();
    assert.deepEqual(await mine.acquire(stopping.signal), []);
    await mine.release();
    assert.deepEqual(lines, [
      problem(`${forbidden}. ${needed}`),
      problem("metadata.name: Invalid value."),
      problem("the API server answers with HTTP status 503."),
    ]);
  });

  it("reports nothing if another manager was faster", async () => {
    api.refuse(409, "the object has been modified");
    const mine = lease();
    await mine.acquire(stopping.signal);
    await mine.release();
    assert.deepEqual(lines, []);
  });

  it("reports the same reason again after a time in which the API server answered", async () => {
    const holder = { metadata: { name: "telemetry-manager-prod" }, spec: { holderIdentity: "another" } };
    api.lease = holder;
    const ended = new AbortController();
    const waiting = lease().acquire(ended.signal);
    for (let times = 0; times < 2; times++) {
      api.refuse(403, forbidden);
      while (api.refusals.length > 0) await sleep(5);
      // The second of these requests shows that the manager has read the answer to the first.
      for (const enough = api.served + 2; api.served < enough;) await sleep(5);
    }
    ended.abort();
    assert.deepEqual(await waiting, []);
    const refused = problem(`${forbidden}. ${needed}`);
    assert.deepEqual(
      lines.filter((line) => line !== "waits for another"),
      [refused, refused],
    );
    assert.equal(lines.length, 3);
  });

  it("ends with the reason if it can no longer renew the lease", async () => {
    mock.timers.enable({ apis: ["setInterval", "Date"], now: Date.now() });
    try {
      const mine = lease();
      await mine.acquire(stopping.signal);
      for (let renewals = 0; renewals < leaseTimes.giveUpAfter / leaseTimes.renewEvery; renewals++) {
        assert.deepEqual(lines, []);
        api.refuse(403, forbidden);
        mock.timers.tick(leaseTimes.renewEvery * 1000);
        while (api.refusals.length > 0) await sleep(5);
      }
      for (let times = 0; times < 1000 && lines.length === 0; times++) await sleep(20);
      assert.deepEqual(lines, [`lost: ${forbidden}`]);
    } finally {
      mock.timers.reset();
    }
  });
});
