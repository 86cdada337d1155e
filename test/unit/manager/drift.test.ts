import assert from "node:assert/strict";
import { watchedKinds } from "../../../manager/watch/drift-watch";
import { allRegistered, recordResources, valueOf } from "../helpers/pulumi";

describe("the watched objects", () => {
  it("are of all kinds that a stack has, except those that only the hourly update corrects", async () => {
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
    await allRegistered();
    const kinds = registered.flatMap(({ type }) => /^kubernetes:.*:(\w+)$/.exec(type)?.[1] ?? []);
    const watched = [...watchedKinds.namespaced, ...watchedKinds.clusterWide].map(({ kind }): string => kind);
    assert.deepEqual([...new Set(kinds)].filter((kind) => !watched.includes(kind)).sort(), [
      "Lease",
      "Namespace",
      "PodMonitor",
      "PriorityClass",
      "PrometheusRule",
    ]);
    assert.deepEqual(
      watched.filter((kind) => !kinds.includes(kind)),
      [],
    );
  });
});
