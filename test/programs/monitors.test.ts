import assert from "node:assert/strict";
import { pipelineModels, planCollectors } from "../../components/plan";
import type { Monitors } from "../../components/monitors";
import type { ParsedConfiguration } from "../../components/settings";
import { placeholderFiles, validateHere } from "../../components/validation";
import type { ValidatedHere } from "../../components/validation/validate-here";
import { plan, stack, withEndpoint } from "../unit/helpers/monitors";
import monitors from "../unit/monitors/recorded/monitors.json";

describe("A configuration with monitors", () => {
  it("is accepted by the collector", function () {
    this.timeout("2m");
    const list = [
      ...monitors.serviceMonitors.map((one) => ({ kind: "ServiceMonitor" as const, ...one })),
      ...monitors.podMonitors.map((one) => ({ kind: "PodMonitor" as const, ...one })),
    ].map(({ metadata, ...one }) => ({ labels: {}, ...metadata, ...one }));
    const reference = (key: string) => ({ name: "login", key });
    const oauth2 = {
      clientId: { secret: reference("user") },
      clientSecret: reference("password"),
      tokenUrl: "https://login.shop/token",
    };
    const odd = ["$${x}$1", "true", "0123", "~", "1e3", "a: b #c", "'\"\\", " x "];
    const relabelings = odd.map((text) => ({ targetLabel: "odd", replacement: text }));
    const more = withEndpoint(
      "PodMonitor",
      { oauth2, relabelings, params: { "a[]": odd } },
      { extraScrapeMetrics: true, nativeHistogramMinBucketFactor: "1100m" },
    );
    // Fields that the scraper takes only where they are not written out, and all that holds targets to their pods.
    const rules = [
      { action: "keepequal", sourceLabels: ["a"], targetLabel: "b", regex: "(.*)", separator: ";", replacement: "$1" },
      { action: "labelmap", regex: "__meta_kubernetes_pod_label_(\\p{Greek}+)" },
      { sourceLabels: ["a"], targetLabel: "tag_${1}" },
    ];
    const elsewhere = withEndpoint(
      "ServiceMonitor",
      { relabelings: rules, interval: "280y" },
      { namespaceSelector: { any: true } },
    );
    const proxy = withEndpoint("PodMonitor", { proxyUrl: "http://[fd00::7]:3128/a?b=%20", followRedirects: true });
    const parsed = stack({ allowSecretsFrom: ["shop"] });
    const named = plan(parsed, [...list, more, { ...elsewhere, name: "elsewhere" }, { ...proxy, name: "proxy" }], {
      "Secret/shop/login": { user: "u", password: "p" },
    });
    assert.ok(named.jobs.length > 15);
    assert.deepEqual(validated(parsed, named), { findings: [], notes: [] });
  });

  it("is accepted without a monitor that only the collector refuses", function () {
    this.timeout("2m");
    const parsed = stack();
    const monitors = ["good", "bad"].map((name) => ({ ...withEndpoint("PodMonitor", { port: "metrics" }), name }));
    const named = plan(parsed, monitors);
    const jobs = named.jobs.map((job) =>
      job.target.name === "bad" ? { ...job, config: { ...job.config, unforeseen: "secret" } } : job,
    );
    const { refusedJobs, ...others } = validated(parsed, { ...named, jobs });
    assert.deepEqual(others, { findings: [], notes: [] });
    assert.deepEqual(
      refusedJobs,
      new Map([["podMonitor/shop/bad/0", "field unforeseen not found in type config.ScrapeConfig"]]),
    );
    const left = plan(parsed, monitors, {}, refusedJobs);
    assert.deepEqual(
      left.jobs.map(({ target }) => target.name),
      ["good"],
    );
    assert.deepEqual(validated(parsed, left), { findings: [], notes: [] });
  });
});

function validated({ pipelines, settings }: ParsedConfiguration, monitors: Monitors): ValidatedHere {
  const models = pipelineModels(pipelines);
  return validateHere({
    collectors: planCollectors(models, settings, { mesh: false, namespace: "telemetry", monitorJobs: monitors.jobs }),
    pipelines: models,
    files: placeholderFiles(pipelines, monitors),
    settings: { mode: "local", timeoutSeconds: 60 },
    searchPath: process.env.PATH ?? "",
    preview: false,
  });
}
