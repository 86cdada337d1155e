import assert from "node:assert/strict";
import { parse } from "yaml";
import { nodeName, type CollectorConfig } from "../../../components/collector";
import { pipelineModels, planCollectors } from "../../../components/plan";
import { job, plan, stack, withEndpoint } from "../helpers/monitors";

const pod = { role: "pod", field: `spec.nodeName=${nodeName}` };

describe("The scrape job of a ServiceMonitor", () => {
  const scrape = job(withEndpoint("ServiceMonitor", { interval: "15s" }));

  it("is named after the monitor and the endpoint, and has the stack's limits", () => {
    const {
      relabel_configs: relabel,
      metric_relabel_configs: metric,
      kubernetes_sd_configs: discovery,
      ...rest
    } = scrape;
    assert.deepEqual(rest, {
      job_name: "serviceMonitor/shop/orders/0",
      scrape_interval: "15s",
      scrape_timeout: "10s",
      sample_limit: 50_000,
      body_size_limit: "16000000B",
      fallback_scrape_protocol: "PrometheusText0.0.4",
      keep_dropped_targets: 1,
      follow_redirects: false,
    });
    assert.ok(Array.isArray(relabel) && Array.isArray(metric) && Array.isArray(discovery));
  });

  it("watches only pods of the node, and the same as all other jobs: the scraper shares equal discoveries", () => {
    const other = job(withEndpoint("ServiceMonitor", {}, { namespaceSelector: { any: true } }));
    assert.deepEqual(scrape.kubernetes_sd_configs, [{ role: "endpointslice", selectors: [pod] }]);
    assert.deepEqual(other.kubernetes_sd_configs, scrape.kubernetes_sd_configs);
    assert.deepEqual(job(withEndpoint("PodMonitor")).kubernetes_sd_configs, [{ role: "pod", selectors: [pod] }]);
  });

  it("removes attributes of the pod from the target's own information, after all rules of the monitor", () => {
    const metricRelabelings = [{ action: "drop", sourceLabels: ["__name__"], regex: "go_.*" }];
    const rules = job(withEndpoint("ServiceMonitor", { metricRelabelings })).metric_relabel_configs as object[];
    assert.deepEqual(rules[0], { action: "drop", source_labels: ["__name__"], regex: "go_.*" });
    assert.equal(rules.length, 14);
    assert.ok(rules.slice(1).every((rule) => "regex" in rule && rule.regex === "target_info"));
  });
});

describe("The input of monitors", () => {
  const two = stack({}, {});
  const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
  const configOf = (parsed: typeof two, names: readonly string[]): CollectorConfig => {
    const monitors = names.map((namespace) => ({ ...withEndpoint("ServiceMonitor"), namespace }));
    const around = { mesh: false, namespace: "telemetry", monitorJobs: plan(parsed, monitors).jobs };
    const plans = planCollectors(pipelineModels(parsed.pipelines), parsed.settings, around);
    const agent = plans.find(({ name }) => name === "telemetry-metric-agent");
    return parse(agent?.configuration ?? "") as CollectorConfig;
  };
  const jobsOf = (config: CollectorConfig): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(config.receivers)
        .filter(([id]) => id.startsWith("prometheus/"))
        .map(([id, receiver]) => {
          const { config: scraper } = receiver as { config: { scrape_configs: { job_name: string }[] } };
          return [id, scraper.scrape_configs.map((one) => one.job_name)];
        }),
    );

  it("has one receiver for all monitors that the same pipelines want", () => {
    assert.deepEqual(jobsOf(configOf(two, ["shop", "payment"])), {
      "prometheus/prometheus-operator": ["serviceMonitor/shop/orders/0", "serviceMonitor/payment/orders/0"],
    });
  });

  it("has a receiver for each set of pipelines that want the same monitors, so that nothing reaches another pipeline", () => {
    const parsed = stack(
      {},
      {
        metricPipelines: [
          { name: "all", input: { prometheusOperator: { enabled: true } }, output },
          { name: "shop", input: { prometheusOperator: { enabled: true, namespaces: { include: ["shop"] } } }, output },
        ],
      },
    );
    const config = configOf(parsed, ["shop", "payment"]);
    assert.deepEqual(jobsOf(config), {
      "prometheus/prometheus-operator": ["serviceMonitor/payment/orders/0"],
      "prometheus/prometheus-operator-2": ["serviceMonitor/shop/orders/0"],
    });
    const { metric_conditions: dropped } = config.processors["filter/select-metrics-shop"] as {
      metric_conditions: { conditions: string[] }[];
    };
    assert.deepEqual(dropped[0]?.conditions, [
      'resource.attributes["telemetry-pipelines.input"] == "prometheus-operator"',
    ]);
  });

  it("goes on without any monitor, with a job that has no targets", () => {
    assert.deepEqual(jobsOf(configOf(two, [])), { "prometheus/prometheus-operator": ["no-monitor"] });
  });

  it("asks only for the rights of discovery, and for none to Secrets or monitors", () => {
    const around = { mesh: false, namespace: "telemetry", monitorJobs: [] };
    const [, agent] = planCollectors(pipelineModels(two.pipelines), two.settings, around);
    const resources = agent?.rights.cluster.flatMap((rule) => rule.resources as string[]);
    assert.deepEqual([...new Set(resources)].sort(), ["endpointslices", "nodes", "pods", "services"]);
  });
});
