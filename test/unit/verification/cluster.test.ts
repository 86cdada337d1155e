import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "../../../components/verification/cluster";
import { kubeconfigOf } from "../helpers/kubeconfig";

describe("the cluster of a check", () => {
  it("gives the end of a log: with a limit of bytes alone, the kubelet would send the beginning", async () => {
    const asked: URLSearchParams[] = [];
    const server = createServer((request, response) => {
      asked.push(new URL(request.url ?? "", "http://localhost").searchParams);
      response.writeHead(200, { "content-type": "text/plain" }).end("last line\n");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfig = kubeconfigOf(address);
    try {
      assert.equal(await connect({ kubeconfig }).log("telemetry", "pod", 60), "last line\n");
      const [query] = asked;
      assert.deepEqual([query?.get("sinceSeconds"), query?.get("tailLines")], ["60", "2000"]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
