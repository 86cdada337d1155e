import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { agentConfig, pipeline, selections } from "../unit/helpers/models";
import { startApiServer, type ApiServer } from "./api-server";
import { http, inJson, startBackend, type Backend } from "./backend";
import { collectors, startCollector, type Running } from "./collectors";
import { eventually } from "../e2e/support/eventually";

const port = 19_100;

const podOf = (name: string, address: string): V1Pod => ({
  metadata: {
    namespace: "shop",
    name,
    uid: `uid-${name}`,
    resourceVersion: "1",
    annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": `${port}` },
  },
  spec: { nodeName: "node", containers: [{ name: "app", image: "app" }] },
  status: { phase: "Running", podIP: address },
});

const good = { name: "good", address: "127.61.51.1", answer: "of_good 1\n" };
/** Ends a collector that reads it: labels of 16 MiB have no encoding. */
const long = { name: "long", address: "127.61.51.2", answer: `of_long{text="${"x".repeat(2 ** 24)}"} 1\n` };

for (const { version, program } of collectors) {
  describe(`A target with a label of 16 MiB, on collector ${version}`, function () {
    this.timeout("2m");
    let folder: string;
    let apiServer: ApiServer;
    let backend: Backend;
    let running: Running | undefined;
    const servers: Server[] = [];
    let asked = 0;

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "telemetry-labels-"));
      for (const { address, answer } of [good, long]) {
        const server = createServer((_, response) => {
          if (answer === long.answer) asked++;
          response.setHeader("content-type", "text/plain; version=0.0.4").end(answer);
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(port, address, resolve));
      }
      apiServer = await startApiServer(
        { pods: [podOf(good.name, good.address), podOf(long.name, long.address)] },
        folder,
      );
      backend = await startBackend();
      const wanting = pipeline("metrics", "a", {
        pull: { prometheus: selections.prometheus() },
        exporter: http(backend),
      });
      const config = agentConfig("node", [wanting], { written: { metric: { collectionInterval: "1s" } } });
      running = await startCollector(program, inJson(config), folder);
    });
    after(async () => {
      await running?.stop();
      apiServer.stop();
      backend.stop();
      for (const server of servers) server.close().closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    });

    it("does not end the agent, which goes on with the others", async () => {
      await eventually(() => {
        assert.ok(asked >= 3, running?.log());
        return Promise.resolve();
      }, 60);
      backend.received.splice(0);
      await eventually(() => {
        const names = backend.received.flatMap((one) => one.names);
        assert.ok(names.includes("of_good"), running?.log());
        assert.ok(!names.includes("of_long"));
        return Promise.resolve();
      }, 30);
      assert.doesNotMatch(running?.log() ?? "", /panic/);
    });
  });
}
