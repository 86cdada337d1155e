import assert from "node:assert/strict";
import { statusRequest } from "../../../components/verification";
import { statusArguments } from "../../../cli/status-arguments";

describe("the request of npm run status", () => {
  it("has the stack's targets, the chosen cluster, and the last update's warnings about certificates", () => {
    const targets = { namespace: "telemetry", collectors: [], pipelines: [] };
    const condition = { type: "ConfigurationGenerated", status: "True", since: "" } as const;
    const previous = [
      {
        pipeline: "metricPipelines/a",
        healthy: true,
        conditions: [{ ...condition, reason: "TLSCertificateAboutToExpire", message: "expires" } as const],
      },
      {
        pipeline: "metricPipelines/b",
        healthy: true,
        conditions: [{ ...condition, reason: "GatewayConfigured", message: "" } as const],
      },
    ];
    assert.deepEqual(statusRequest(targets, previous, { kubeconfig: "/kubeconfig" }), {
      targets,
      certificates: { "metricPipelines/a": ["expires"] },
      cluster: { kubeconfig: "/kubeconfig" },
      timeoutSeconds: 60,
      previous,
    });
  });
});

describe("the arguments of npm run status", () => {
  it("name a stack, and a file when a page is wanted", () => {
    assert.deepEqual({ ...statusArguments([]) }, { stack: "dev" });
    const given = ["--html", "out/status.html", "--stack", "prod"];
    assert.deepEqual({ ...statusArguments(given) }, { stack: "prod", html: "out/status.html" });
    assert.deepEqual({ ...statusArguments(["--html=a.html", "-s", "x"]) }, { stack: "x", html: "a.html" });
  });

  it("are rejected with the usage if they are wrong", () => {
    for (const wrong of [["--html"], ["--html="], ["--htm", "a"], ["prod"]]) {
      assert.throws(() => statusArguments(wrong), /npm run status -- \[--stack NAME\] \[--html FILE\]$/);
    }
  });
});
