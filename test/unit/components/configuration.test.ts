import assert from "node:assert/strict";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { formatFinding } from "../../../components/schema";
import { readConfiguration, unknownKeys, writtenSettings } from "../../../components/settings/stack-config";

describe("the stack's configuration", () => {
  it("is read by key, and text that is not JSON stays unchanged: the parser, which knows its place, reports it", () => {
    const all = {
      "telemetry:metricPipelines": '[{"name":"a"}]',
      "telemetry:gateway": "hunter2",
      "telemetry:protect": "true",
      "telemetry:agent": "",
      "kubernetes:context": "other",
    };
    assert.deepEqual(writtenSettings(all, "telemetry"), {
      metricPipelines: [{ name: "a" }],
      gateway: "hunter2",
      agent: undefined,
      protect: true,
    });
  });

  it("reads a namespace as text, even if it has only digits", () => {
    assert.deepEqual(writtenSettings({ "telemetry:namespace": "123" }, "telemetry"), { namespace: "123" });
  });

  it("rejects unknown keys, and names the most similar one or all of them", () => {
    assert.deepEqual(
      unknownKeys(["metricPipelines", "metricPipeline", "tracepipelines", "colour", "hunter2 is secret"]).map(
        formatFinding,
      ),
      [
        "telemetry:metricPipeline: is not a setting. Did you mean `telemetry:metricPipelines`?",
        "telemetry:tracepipelines: is not a setting. Did you mean `telemetry:tracePipelines`?",
        "telemetry:colour: is not a setting. Settings are namespace, existingNamespace, protect, metricPipelines, tracePipelines, logPipelines, pipelineFiles, allowNoPipelines, metric, enrichments, istio, network, gateway, agent, logAgent, validation, verification, monitoring, development, manager.",
        "telemetry:[?]: is not a setting. Settings are namespace, existingNamespace, protect, metricPipelines, tracePipelines, logPipelines, pipelineFiles, allowNoPipelines, metric, enrichments, istio, network, gateway, agent, logAgent, validation, verification, monitoring, development, manager.",
      ],
    );
  });

  describe("of the kubernetes provider", () => {
    afterEach(() => pulumi.runtime.setAllConfig({}));

    const cluster = (settings: Record<string, string>) => {
      pulumi.runtime.setAllConfig(settings);
      return readConfiguration(new pulumi.Config("telemetry")).telemetry.cluster;
    };

    it("names the cluster, by a path that may start with the home folder", () => {
      assert.deepEqual(cluster({}), { kubeconfig: undefined, context: undefined });
      for (const [path, expected] of [
        ["~/.kube/config", `${homedir()}/.kube/config`],
        ["~other/config", "~other/config"],
        ["/etc/~/config", "/etc/~/config"],
      ] as const) {
        const settings = { "kubernetes:kubeconfig": path, "kubernetes:context": "prod" };
        assert.deepEqual(cluster(settings), { kubeconfig: expected, context: "prod" });
      }
    });

    it("may not name a cluster besides the context: only the provider would use it", () => {
      assert.throws(() => cluster({ "kubernetes:context": "prod", "kubernetes:cluster": "other" }), {
        message:
          "Invalid stack configuration\n  kubernetes:cluster: applies where objects are made, but not where Secrets are read and configurations validated. Remove it, and name a context of that cluster in kubernetes:context instead.",
      });
    });
  });
});
