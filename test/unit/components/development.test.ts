import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DevelopmentBackend, SampleApplication } from "../../../components/development";
import { eligibleNodes } from "../../../components/workloads";
import { recordResources } from "../helpers/pulumi";

describe("The stand-ins of development environments", () => {
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
