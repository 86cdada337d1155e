import assert from "node:assert/strict";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { formatFinding } from "../../../components/schema";
import { readConfiguration, unknownKeys, writtenSettings } from "../../../components/settings/stack-config";

describe("the stack's configuration", () => {
  it("is read by key, and what is no JSON is left to be found wrong where its place is known", () => {
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

  it("takes a namespace for text, whatever it is made of", () => {
    assert.deepEqual(writtenSettings({ "telemetry:namespace": "123" }, "telemetry"), { namespace: "123" });
  });

  it("has no key that nothing reads: the one that was meant is named, or all that there are", () => {
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

    it("says which cluster is asked, by a path that may start at home", () => {
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

    it("names no cluster besides the context, which only the provider would go by", () => {
      assert.throws(() => cluster({ "kubernetes:context": "prod", "kubernetes:cluster": "other" }), {
        message:
          "Invalid stack configuration\n  kubernetes:cluster: applies where objects are made, but not where Secrets are read and configurations validated. Remove it, and name a context of that cluster in kubernetes:context instead.",
      });
    });
  });
});
