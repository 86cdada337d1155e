import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig, type V1Secret } from "@kubernetes/client-node";
import { Informer } from "../../../manager/watch/informer";

const selection = {
  apiVersion: "v1",
  kind: "Secret",
  plural: "secrets",
  namespace: "shop",
  fieldSelector: "metadata.name=backend",
};
const secret = (version: number, text = "") => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "backend", namespace: "shop", resourceVersion: String(version) },
  data: { key: text },
});
const forbidden = { kind: "Status", status: "Failure", code: 403, message: "secrets is forbidden: User cannot list" };

/** An API server with one kind. A status other than 200 answers lists or watches. */
class FakeApiServer {
  list: { status: number; version: number; items: object[] } = { status: 200, version: 1, items: [] };
  watchStatus = 200;
  readonly requests: string[] = [];
  readonly watches: ServerResponse[] = [];
  private readonly server: Server = createServer((request, response) => this.respond(request, response));

  async start(): Promise<KubeConfig> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "fake", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "nobody" },
    );
    return config;
  }

  /** Sends an event to the newest watch. */
  send(type: string, object: object): void {
    this.watches.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Ends all connections, as a server that is killed. */
  cut(): void {
    for (const watch of this.watches) watch.destroy();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private respond({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, "http://fake");
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (pathname === "/api/v1") {
      return json(200, { kind: "APIResourceList", resources: [{ name: "secrets", kind: "Secret", namespaced: true }] });
    }
    assert.equal(pathname, "/api/v1/namespaces/shop/secrets");
    assert.equal(searchParams.get("fieldSelector"), "metadata.name=backend");
    if (searchParams.get("watch") !== "true") {
      this.requests.push("list");
      const { status, version, items } = this.list;
      const content = { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: String(version) }, items };
      return json(status, status === 200 ? content : forbidden);
    }
    this.requests.push(`watch from ${searchParams.get("resourceVersion")}`);
    if (this.watchStatus !== 200) return json(this.watchStatus, forbidden);
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    this.watches.push(response);
  }
}

describe("an informer", () => {
  let api: FakeApiServer;
  let config: KubeConfig;
  let informer: Informer<V1Secret>;
  let changes: string[];
  let problems: string[];

  const texts = () => informer.objects().map(({ data }) => data?.key);
  const eventually = async (check: () => void): Promise<void> => {
    for (const end = Date.now() + 25_000; ; await sleep(10)) {
      try {
        return check();
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  };

  beforeEach(async () => {
    api = new FakeApiServer();
    changes = [];
    problems = [];
    const handlers = {
      onChange: ({ metadata }: V1Secret) => changes.push(metadata?.resourceVersion ?? ""),
      onProblem: (problem: string) => problems.push(problem),
    };
    config = await api.start();
    informer = new Informer<V1Secret>(config, selection, handlers, 50);
  });

  afterEach(() => {
    informer.stop();
    api.stop();
  });

  it("knows all existing objects after its start, and reports none of them as a change", async () => {
    api.list.items = [secret(1, "a")];
    await informer.start();
    assert.deepEqual(texts(), ["a"]);
    assert.deepEqual([api.requests, changes, problems], [["list", "watch from 1"], [], []]);
  });

  it("reports objects that are created, changed and deleted", async () => {
    await informer.start();
    api.send("ADDED", secret(2, "a"));
    api.send("MODIFIED", secret(3, "b"));
    await eventually(() => assert.deepEqual([changes, texts()], [["2", "3"], ["b"]]));
    api.send("DELETED", secret(4, "b"));
    await eventually(() => assert.deepEqual([changes, texts()], [["2", "3", "4"], []]));
  });

  it("goes on after a watch that is cut where it was, and loses no event", async () => {
    await informer.start();
    api.send("ADDED", secret(2, "a"));
    await eventually(() => assert.deepEqual(changes, ["2"]));
    api.cut();
    await eventually(() => assert.deepEqual(api.requests, ["list", "watch from 1", "watch from 2"]));
    api.send("MODIFIED", secret(3, "b"));
    await eventually(() => assert.deepEqual(changes, ["2", "3"]));
    assert.equal(problems.length, 1);
    api.cut();
    await eventually(() => assert.equal(problems.length, 2));
  });

  it("goes on after a watch that the server closes, which is not a problem", async () => {
    await informer.start();
    api.watches[0]?.end();
    await eventually(() => assert.deepEqual(api.requests, ["list", "watch from 1", "watch from 1"]));
    assert.deepEqual(problems, []);
  });

  it("lists again after 410, and reports the changes that it has missed", async () => {
    api.list.items = [secret(1, "a")];
    await informer.start();
    api.list = { status: 200, version: 9, items: [secret(8, "b")] };
    api.send("ERROR", { kind: "Status", code: 410, reason: "Expired" });
    api.watches[0]?.end();
    await eventually(() => assert.deepEqual([changes, texts()], [["8"], ["b"]]));
    await eventually(() => assert.deepEqual(api.requests.slice(2), ["list", "watch from 9"]));

    api.list = { status: 200, version: 12, items: [] };
    api.watchStatus = 410;
    api.cut();
    await eventually(() => assert.deepEqual([changes.at(-1), texts()], ["8", []]));
    api.watchStatus = 200;
    await eventually(() => assert.equal(api.requests.at(-1), "watch from 12"));
  });

  it("reports once that it may not list, with the server's message, and starts when it may", async () => {
    api.list.status = 403;
    const started = informer.start();
    await eventually(() => assert.ok(api.requests.length >= 3));
    assert.deepEqual(problems, [forbidden.message]);
    api.list = { status: 200, version: 1, items: [secret(1, "a")] };
    await started;
    assert.deepEqual(texts(), ["a"]);
  });

  it("reports once that it may not watch, and again after it could", async () => {
    api.watchStatus = 403;
    const started = informer.start();
    await eventually(() => assert.ok(api.requests.length >= 4));
    assert.deepEqual(problems, ["Forbidden"]);
    api.watchStatus = 200;
    await started;
    api.watchStatus = 403;
    api.cut();
    await eventually(() => assert.equal(problems.length, 2));
  });

  it("reports a login that fails while it watches, and goes on when it works again", async () => {
    await informer.start();
    const login = config.applySecurityAuthentication.bind(config);
    config.applySecurityAuthentication = () => Promise.reject(new Error("the login program failed"));
    api.watches[0]?.end();
    await eventually(() => assert.deepEqual(problems, ["the login program failed"]));
    config.applySecurityAuthentication = login;
    await eventually(() => assert.equal(api.watches.length, 2));
  });

  it("ends when it is stopped, also while it cannot start, and reports nothing afterwards", async () => {
    api.list.status = 403;
    const started = informer.start();
    await eventually(() => assert.equal(problems.length, 1));
    informer.stop();
    await started;
    const { length } = api.requests;
    await sleep(150);
    assert.equal(api.requests.length, length);
  });

  it("opens no watch when it is stopped while it lists", async () => {
    const started = informer.start();
    informer.stop();
    await started;
    await sleep(50);
    assert.deepEqual(api.watches, []);
  });
});
