import assert from "node:assert/strict";
import { parseSeries, podTable, seriesTable } from "../../../cli/show";

describe("the tables of npm start", () => {
  it("list the stack's pods by node", () => {
    const pod = (namespace: string, name: string, nodeName?: string) => ({
      metadata: { namespace, name },
      spec: { nodeName },
      status: { phase: nodeName ? "Running" : "Pending" },
    });
    const pods = [
      pod("telemetry", "gateway-2", "node2"),
      pod("telemetry-backend", "prometheus", "node1"),
      pod("kube-system", "coredns", "node1"),
      pod("telemetry", "gateway-3"),
    ];
    assert.equal(
      podTable(pods),
      [
        "  NODE       NAMESPACE          POD",
        "  (no node)  telemetry          gateway-3   Pending",
        "  node1      telemetry-backend  prometheus  Running",
        "  node2      telemetry          gateway-2   Running",
      ].join("\n"),
    );
  });

  it("list the senders of metrics in the last minute", () => {
    const metric = { __name__: "requests", k8s_node_name: "node1", k8s_namespace_name: "shop", k8s_pod_name: "cart" };
    const json = JSON.stringify({ status: "success", data: { result: [{ metric, value: [1, "6"] }] } });
    assert.equal(
      seriesTable(parseSeries(json)),
      "  NODE   NAMESPACE  POD   METRIC    SERIES\n  node1  shop       cart  requests  6",
    );
    assert.equal(seriesTable([]), "  none");
  });
});
