import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ThrottledError, unlessThrottled } from "../../../components/cluster-access";
import { readSecrets } from "../../../components/credentials/read-secrets";
import { pipelineReport } from "../../../components/verification";
import { kubeconfigOf } from "../helpers/kubeconfig";
import { quickest } from "../helpers/quickest";

const tooMany = (retryAfter?: string): object => ({
  code: 429,
  headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
});
const later = (): number => Date.now() + 60_000;

/** An API server that rejects a number of requests, and then answers that nothing exists. */
async function busyServer(rejected: number): Promise<{ server: Server; kubeconfig: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const isBusy = asked++ < rejected;
    response.writeHead(isBusy ? 429 : 404, {
      "content-type": "application/json",
      ...(isBusy && { "retry-after": "1" }),
    });
    response.end(JSON.stringify({ kind: "Status", code: isBusy ? 429 : 404 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = kubeconfigOf(address);
  return { server, kubeconfig, asked: () => asked };
}

describe("a request that the API server rejects as too many", () => {
  it("is sent again after the time that the answer names", async () => {
    const sentTwice = async (retryAfter?: string): Promise<void> => {
      let requests = 0;
      const answer = await unlessThrottled(
        () =>
          ++requests === 2 ? Promise.resolve("yes") : Promise.reject(Object.assign(new Error(), tooMany(retryAfter))),
        later(),
      );
      assert.equal(answer, "yes");
    };
    // The usual pause is one second, so only another time shows that the answer decides.
    const [none, two, usual] = await Promise.all([
      quickest(500, () => sentTwice("0")),
      quickest(Infinity, () => sentTwice("2")),
      quickest(1990, () => sentTwice()),
    ]);
    assert.ok(none < 500, `${none} ms`);
    assert.ok(two >= 1990, `${two} ms`);
    assert.ok(usual >= 990 && usual < 1990, `${usual} ms`);
  });

  it("is given up when the next retry would be too late, with its own message", async () => {
    const took = await quickest(1000, async () => {
      for (const error of [tooMany("60"), tooMany("not a number"), tooMany()]) {
        const failing = unlessThrottled(
          () => Promise.reject(Object.assign(new Error("outer"), error)),
          Date.now() + 500,
        );
        await assert.rejects(failing, (given) => given instanceof ThrottledError);
      }
    });
    assert.ok(took < 1000, `${took} ms`);
  });

  it("is the only one that is sent again", async () => {
    let asked = 0;
    const failing = unlessThrottled(() => {
      asked++;
      return Promise.reject(Object.assign(new Error("gone"), { code: 404 }));
    }, later());
    await assert.rejects(failing, /gone/);
    assert.equal(asked, 1);
  });

  it("does not fail the reading of a Secret", async () => {
    const { server, kubeconfig, asked } = await busyServer(1);
    try {
      const readings = await readSecrets({ kubeconfig, secrets: [{ namespace: "a", name: "b" }] });
      assert.deepEqual(readings, [{ problem: "missing", detail: "" }]);
      assert.equal(asked(), 2);
    } finally {
      server.close();
    }
  });

  it("makes a check report the throttling, not a wrong kubeconfig", async () => {
    const { server, kubeconfig, asked } = await busyServer(Infinity);
    try {
      const [status] = await pipelineReport({
        targets: {
          namespace: "telemetry",
          collectors: [{ kind: "gateway", workload: "DaemonSet", name: "g" }],
          pipelines: [
            {
              signal: "traces",
              name: "a",
              path: "tracePipelines[0]",
              exporter: "otlp_grpc/traces-a",
              canary: true,
              collectors: ["g"],
            },
          ],
        },
        certificates: {},
        cluster: { kubeconfig },
        timeoutSeconds: 3,
        previous: [],
      });
      const message =
        "The API server rejects requests because there are too many (HTTP status 429), also after retries. Check which " +
        "clients load the API server, and run npm run status again.";
      assert.deepEqual(
        status?.conditions.slice(1).map(({ reason, message }) => [reason, message]),
        [
          ["GatewayUnreadable", message],
          ["GatewayProbingFailed", message],
        ],
      );
      assert.ok(asked() > 2, `${asked()} requests`);
    } finally {
      server.close();
    }
  });
});
