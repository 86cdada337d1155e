import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DevelopmentBackend, SampleApplication } from "../../../components/development";
import { eligibleNodes } from "../../../components/workloads";
import { recordResources } from "../helpers/pulumi";

/** The time within which Prometheus accepts points out of order, in a text about it. */
const window = (text: string): string | undefined => /out_of_order_time_window: "?(\w+)/.exec(text)?.[1];

describe("The stand-ins of development environments", () => {
  it("accept points out of order, as the recipe for Prometheus requires", async () => {
    const registered = recordResources();
    new DevelopmentBackend("backend", {});
    await pulumi.runtime.disconnect();
    const [configuration] = registered.filter(({ type }) => type.endsWith(":ConfigMap"));
    const { data } = configuration?.inputs as { readonly data: Readonly<Record<string, string>> };
    const recipe = readFileSync(join(__dirname, "../../../docs/recipes/prometheus.yaml"), "utf8");
    assert.equal(window(Object.values(data).join("\n")), "30m");
    assert.equal(window(recipe), "30m");
  });

  it("run where their images can: the backend on Linux nodes, the application where there is a gateway", async () => {
    const registered = recordResources();
    new DevelopmentBackend("backend", {});
    new SampleApplication("sample", { endpoint: "telemetry-otlp.telemetry:4317" });
    await pulumi.runtime.disconnect();
    const podOf = (type: string): { nodeSelector?: unknown; affinity?: unknown } => {
      const [workload] = registered.filter((one) => one.type.endsWith(`:${type}`));
      return (workload?.inputs.spec as { template: { spec: object } }).template.spec;
    };
    assert.deepEqual(podOf("Deployment").nodeSelector, { "kubernetes.io/os": "linux" });
    assert.deepEqual(podOf("DaemonSet").affinity, { nodeAffinity: eligibleNodes });
  });
});
