import assert from "node:assert/strict";
import { followedKinds } from "../../../manager/watch/drift-watch";
import { recordResources, valueOf } from "../helpers/pulumi";

describe("the objects that are followed", () => {
  it("are of all kinds that a stack has, but for those that only the hourly look sees", async () => {
    const registered = recordResources();
    const { Telemetry } = await import("../../../components/telemetry");
    const { urn, endpoints } = new Telemetry("telemetry", {
      monitoring: { mode: "on" },
      verification: { mode: "off" },
      metricPipelines: [
        {
          name: "everything",
          input: { prometheus: { enabled: true }, runtime: { enabled: true }, apiServer: { enabled: true } },
          output: {
            otlp: { endpoint: { value: "https://backend.example.com:4317" }, headers: [{ name: "a", value: "b" }] },
          },
        },
      ],
    });
    await valueOf(urn);
    await valueOf(endpoints);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const kinds = registered.flatMap(({ type }) => /^kubernetes:.*:(\w+)$/.exec(type)?.[1] ?? []);
    const followed = [...followedKinds.namespaced, ...followedKinds.clusterWide].map(({ kind }): string => kind);
    assert.deepEqual([...new Set(kinds)].filter((kind) => !followed.includes(kind)).sort(), [
      "Lease",
      "Namespace",
      "PodMonitor",
      "PriorityClass",
      "PrometheusRule",
    ]);
    assert.deepEqual(
      followed.filter((kind) => !kinds.includes(kind)),
      [],
    );
  });
});
