import assert from "node:assert/strict";
import { statusRequest } from "../../toolchain/status";

describe("what npm run status looks at", () => {
  it("is what the stack says, in the chosen cluster, with what the last update said of certificates", () => {
    const targets = { namespace: "telemetry", collectors: [], pipelines: [] };
    const condition = { type: "ConfigurationGenerated", status: "True", since: "" } as const;
    const previous = [
      {
        pipeline: "metricPipelines/a",
        healthy: true,
        conditions: [{ ...condition, reason: "TLSCertificateAboutToExpire", message: "expires" }],
      },
      {
        pipeline: "metricPipelines/b",
        healthy: true,
        conditions: [{ ...condition, reason: "GatewayConfigured", message: "" }],
      },
    ];
    assert.deepEqual(statusRequest(targets, previous, "/kubeconfig"), {
      targets,
      certificates: { "metricPipelines/a": ["expires"] },
      cluster: { kubeconfig: "/kubeconfig" },
      timeoutSeconds: 60,
      previous,
    });
  });
});
