import assert from "node:assert/strict";
import * as fc from "fast-check";
import { renderYaml, type CollectorConfig } from "../../../components/collector";
import { pullRoles, selectionOf, type PullSelections } from "../../../components/inputs";
import { clusterState } from "../../../components/inputs/cluster-state";
import { kubelet, metricGroups } from "../../../components/inputs/kubelet";
import { wantedMetrics } from "../../../components/inputs/runtime";
import { wantedNamespaces } from "../../../components/inputs/wanted-namespaces";
import { pipelineModels, type PlannedPipeline } from "../../../components/plan";
import type { NamespaceSelection } from "../../../components/schema";
import { parsePipelines, type MetricInputArgs, type MetricSettingsArgs } from "../../../components/settings";
import type { PipelinesArgs } from "../../../components/settings";
import { agentConfig, agentPlan, pipeline, selections } from "../helpers/models";

const prometheus = selections.prometheus();
const istio = selections.istio();
const runtimeNames = ["container.cpu.time", "k8s.node.cpu.usage", "k8s.pod.phase"];
const runtime = selections.runtime(runtimeNames);
const apiServer = selections.apiServer;

const pulling = (name: string, pull: PullSelections): PlannedPipeline => pipeline("metrics", name, { pull });

const wiring = ({ service }: CollectorConfig): object =>
  Object.fromEntries(
    Object.entries(service.pipelines).map(([id, { receivers, exporters }]) => [id, [...receivers, "→", ...exporters]]),
  );

/** The conditions for the data that a pipeline does not want, if any. */
function selection(config: CollectorConfig, name: string): string[] | undefined {
  const filter = config.processors[`filter/select-metrics-${name}`] as
    { metric_conditions: { conditions: string[] }[] } | undefined;
  return filter?.metric_conditions.flatMap(({ conditions }) => conditions);
}

function kubeletReceiver(
  kubelet: NonNullable<NonNullable<MetricSettingsArgs["runtime"]>["kubelet"]>,
): Readonly<Record<string, unknown>> {
  const { receivers } = agentConfig("node", [pulling("a", { runtime })], {
    written: { metric: { runtime: { kubelet } } },
  });
  return receivers.kubeletstats as Readonly<Record<string, unknown>>;
}

/** Names of the runtime metrics that a pipeline with this input gets. */
function runtimeMetricsOf(input: MetricInputArgs["runtime"]): readonly string[] {
  const output = { otlp: { endpoint: { value: "https://backend.example.com:4317" } } };
  const { pipelines } = parsePipelines(
    { metricPipelines: [{ name: "a", input: { runtime: { enabled: true, ...input } }, output }] },
    { now: new Date() },
  );
  const selection = pipelineModels(pipelines)[0]?.pull.runtime;
  const wanted = [kubelet, clusterState].flatMap((one) =>
    selectionOf(one, { runtime: selection }) ? [selection] : [],
  );
  const both = wanted.flatMap((one) => one ?? []);
  return [...wantedMetrics(both, "kubeletstats"), ...wantedMetrics(both, "k8s_cluster")].sort();
}

describe("the metric agent's configuration", () => {
  it("adds metadata to the data of all inputs in one place, and keeps them apart by pipeline", () => {
    const config = agentConfig("node", [pulling("a", { prometheus, runtime }), pulling("b", { runtime })]);
    assert.deepEqual(wiring(config), {
      "metrics/input-prometheus": ["prometheus/prometheus", "→", "forward/enrichment-metrics"],
      "metrics/input-runtime": ["kubeletstats", "→", "forward/enrichment-metrics"],
      "metrics/enrichment": ["forward/enrichment-metrics", "→", "forward/pipelines-metrics"],
      "metrics/pipeline-a": ["forward/pipelines-metrics", "→", "otlp_grpc/metrics-a"],
      "metrics/pipeline-b": ["forward/pipelines-metrics", "→", "otlp_grpc/metrics-b"],
    });
    const mark = `resource.attributes["telemetry-pipelines.input"]`;
    assert.deepEqual(
      selection(config, "a")?.map((condition) => condition.split(" and ")[0]),
      [`${mark} == "prometheus"`],
    );
    assert.deepEqual(selection(config, "b"), [`${mark} == "prometheus"`]);
  });

  it("drops only the data of each input that the pipeline does not want", () => {
    const namespaces = { include: ["shop"] };
    const config = agentConfig("node", [
      pulling("a", { prometheus: { ...prometheus, namespaces, diagnosticMetrics: { enabled: true } }, istio, runtime }),
    ]);
    const mark = `resource.attributes["telemetry-pipelines.input"]`;
    const namespace = `resource.attributes["k8s.namespace.name"]`;
    const [prometheusPart, istioPart, ...others] = selection(config, "a") ?? [];
    assert.equal(
      prometheusPart,
      `${mark} == "prometheus" and ((not (${namespace} == nil or ${namespace} == "") or ` +
        `resource.attributes["k8s.pod.uid"] != nil) and ${namespace} != "shop")`,
    );
    assert.match(
      istioPart ?? "",
      /== "istio" and \(metric\.name == "up" or .* or IsMatch\(metric\.name, "\^envoy_"\)\)$/,
    );
    assert.deepEqual(others, []);
  });

  it("marks no data when a pipeline has one input only", () => {
    const config = agentConfig("node", [pulling("a", { prometheus })]);
    assert.deepEqual(wiring(config), {
      "metrics/input-prometheus": ["prometheus/prometheus", "→", "forward/pipelines-metrics"],
      "metrics/pipeline-a": ["forward/pipelines-metrics", "→", "otlp_grpc/metrics-a"],
    });
    assert.doesNotMatch(renderYaml(config), /telemetry-pipelines\.input/);
  });

  it("removes every mark before the user's own processors", () => {
    const config = agentConfig("node", [
      pipeline("metrics", "a", { pull: { prometheus, istio, runtime }, filter: [{ conditions: ["true"] }] }),
      pulling("b", { runtime }),
    ]);
    const { a, b } = {
      a: config.service.pipelines["metrics/pipeline-a"],
      b: config.service.pipelines["metrics/pipeline-b"],
    };
    const chosen = (name: string): string[] => [`filter/select-metrics-${name}`, "transform/unmark-metrics"];
    assert.deepEqual(a?.processors, [...chosen("a"), "filter/user-metrics-a", "batch/isolation-metrics-a"]);
    assert.deepEqual(b?.processors, [...chosen("b"), "batch/isolation-metrics-b"]);
  });

  it("adds no name of a container to the kubelet's metrics of a pod", () => {
    for (const pull of [{ runtime }, { prometheus, runtime }]) {
      const { service } = agentConfig("node", [pulling("a", pull)]);
      // In the order in which data passes them, which is not that of a file.
      const passed = ["input-runtime", "enrichment"].map((id) => `metrics/${id}`);
      const chain = passed.flatMap((id) => service.pipelines[id]?.processors ?? []);
      const order = ["mark-others", "enrich", "only-containers"].map((role) =>
        chain.findIndex((id) => id.endsWith(`/${role}-metrics`)),
      );
      assert.ok(!order.includes(-1), chain.join());
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        order,
      );
    }
  });

  it("limits memory before any other processor", () => {
    for (const role of pullRoles) {
      const config = agentConfig(role, [pulling("a", { prometheus, istio, runtime, apiServer })]);
      const inputs = Object.entries(config.service.pipelines).filter(([id]) => id.startsWith("metrics/input-"));
      assert.ok(inputs.length > 0);
      for (const [, { processors }] of inputs) assert.equal(processors[0], "memory_limiter");
    }
  });

  it("exists for a role only if a pipeline has an input of that role", () => {
    const roles = (pull: PullSelections): string[] =>
      pullRoles.filter((role) => agentPlan(role, [pulling("a", pull)]) !== undefined);
    assert.deepEqual(roles({}), []);
    assert.deepEqual(roles({ prometheus }), ["node"]);
    assert.deepEqual(roles({ runtime: selections.runtime(["k8s.pod.phase"]) }), ["cluster-state"]);
    assert.deepEqual(roles({ runtime: selections.runtime(["k8s.node.cpu.usage"]) }), ["node"]);
    assert.deepEqual(roles({ apiServer }), ["api-server"]);
  });

  it("drops the runtime metrics that only another pipeline wants", () => {
    const more = selections.runtime([...runtimeNames, "container.uptime"]);
    const config = agentConfig("node", [pulling("a", { runtime }), pulling("b", { runtime: more })]);
    assert.deepEqual(selection(config, "a"), [`IsMatch(metric.name, "^(container[.]uptime)$$")`]);
    assert.equal(selection(config, "b"), undefined);
  });

  it("drops the scraper's own metrics in pipelines that do not want them", () => {
    const diagnosticMetrics = { enabled: true };
    const config = agentConfig("node", [
      pulling("a", { prometheus }),
      pulling("b", { prometheus: { ...prometheus, diagnosticMetrics } }),
    ]);
    assert.ok(selection(config, "a")?.includes(`metric.name == "up"`));
    assert.equal(selection(config, "b"), undefined);
  });

  it("drops envoy's metrics in pipelines that do not want them, and in all pipelines if none wants them", () => {
    const one = agentConfig("node", [pulling("a", { istio })]);
    assert.match(renderYaml(one.receivers), /regex: istio_\.\*/);
    const both = agentConfig("node", [
      pulling("a", { istio }),
      pulling("b", { istio: { ...istio, envoyMetrics: { enabled: true } } }),
    ]);
    assert.match(renderYaml(both.receivers), /regex: \(istio\|envoy\)_\.\*/);
    assert.ok(selection(both, "a")?.includes(`IsMatch(metric.name, "^envoy_")`));
    assert.ok(!selection(both, "b")?.includes(`IsMatch(metric.name, "^envoy_")`));
  });

  it("names every runtime metric of the receiver, so that none depends on the receiver's defaults", () => {
    const config = agentConfig("node", [pulling("a", { runtime })]);
    const { metrics } = config.receivers.kubeletstats as { metrics: Record<string, { enabled: boolean }> };
    const on = Object.keys(metrics).filter((name) => metrics[name]?.enabled);
    assert.deepEqual(on, ["container.cpu.time", "k8s.node.cpu.usage"]);
    assert.ok(Object.keys(metrics).length > 50);
  });

  it("verifies kubelets unless the user decides otherwise", () => {
    assert.equal("insecure_skip_verify" in kubeletReceiver({}), false);
    assert.equal(kubeletReceiver({ insecureSkipVerify: true }).insecure_skip_verify, true);
  });

  it("reaches kubelets by the address of their node, in brackets for IPv6", () => {
    assert.equal(kubeletReceiver({}).endpoint, "https://${env:MY_HOST_IP}:10250");
    assert.equal(kubeletReceiver({ ipFamily: "IPv6" }).endpoint, "https://[${env:MY_HOST_IP}]:10250");
  });

  it("looks for proxies of a mesh only in a mesh", () => {
    const text = (mesh: boolean): string =>
      renderYaml(agentConfig("node", [pulling("a", { prometheus })], { mesh }).receivers);
    assert.doesNotMatch(text(false), /istio_io|istio-output-certs|app-services-mesh/);
    assert.match(text(true), /app-services-mesh/);
  });

  it("writes intervals of the scraper as whole numbers, because it reads no others", () => {
    const written = { metric: { prometheus: { collectionInterval: "1500ms" } } };
    const config = renderYaml(agentConfig("node", [pulling("a", { prometheus })], { written }));
    assert.match(config, /scrape_interval: 1500ms\n +scrape_timeout: 1500ms/);
  });

  it("passes every text of the user unchanged to the collector, never as a reference to expand", () => {
    const evil = "${env:HOME} $$ ${file:/credentials/metric_b_headers}";
    const delta = pipeline("metrics", "a", {
      pull: { prometheus, runtime, istio },
      transform: [{ conditions: [evil], statements: [evil] }],
      filter: [{ conditions: [evil] }],
      exporter: { endpoint: { text: evil }, headers: { file: "/credentials/own" } },
    });
    const tls = { insecureSkipVerify: false, ca: evil, serverName: evil };
    const enrichment = { clusterName: evil, podLabels: [{ key: "a$b" }], service: true };
    const text = renderYaml(agentConfig("node", [delta], { mesh: true, enrichment, tls }));
    // Without the doubled dollars, each reference that is left is one that the collector expands.
    const expanded = [...text.replaceAll("$$", "").matchAll(/\$\{[^}]*\}/g)].map(([reference]) => reference);
    assert.deepEqual([...new Set(expanded)].sort(), [
      "${env:MY_CLUSTER_UID}",
      "${env:MY_HOST_IPS}",
      "${env:MY_HOST_IP}",
      "${env:MY_NODE_NAME}",
      "${env:MY_POD_IP}",
      "${file:/credentials/own}",
    ]);
  });

  it("scrapes classic histograms with the targets' own timestamps, unless the user wants otherwise", () => {
    const jobs = (prometheus: object): Record<string, unknown>[] => {
      const written = { metric: { prometheus } } as PipelinesArgs;
      const { receivers } = agentConfig("node", [pulling("a", { prometheus: selections.prometheus() })], { written });
      const { config } = receivers["prometheus/prometheus"] as {
        config: { scrape_configs: Record<string, unknown>[] };
      };
      return config.scrape_configs;
    };
    for (const job of jobs({})) assert.ok(!("scrape_native_histograms" in job) && !("honor_timestamps" in job));
    for (const job of jobs({ nativeHistograms: true, honorTimestamps: false })) {
      assert.deepEqual([job.scrape_native_histograms, job.honor_timestamps], [true, false]);
    }
  });

  it("forgets a cumulative series after an hour, or four of the longest intervals if these are longer", () => {
    const delta = pipeline("metrics", "a", { pull: { prometheus }, deltaTemporality: true });
    const staleness = (runtime: number): unknown => {
      const written = { metric: { collectionInterval: "5s", runtime: { collectionInterval: `${runtime}s` } } };
      return agentConfig("node", [delta], { written }).processors["cumulativetodelta/metrics-a"];
    };
    assert.deepEqual(staleness(30), { initial_value: "auto", max_staleness: "3600s" });
    assert.deepEqual(staleness(1800), { initial_value: "auto", max_staleness: "7200s" });
  });

  it("renders the same bytes for the same pipelines in any order, and defines every component that it uses", () => {
    const all = ["a", "b", "a.b", "a-b"].map((name, i) =>
      pulling(name, { prometheus, runtime, ...(i > 1 && { istio }), ...(i === 0 && { apiServer }) }),
    );
    for (const role of pullRoles) {
      const expected = agentPlan(role, all)?.configuration;
      fc.assert(
        fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
          assert.equal(agentPlan(role, shuffled)?.configuration, expected);
        }),
        { numRuns: 10 },
      );
      const config = agentConfig(role, all);
      const used = Object.values(config.service.pipelines).flatMap((p) => [
        ...p.receivers,
        ...p.processors,
        ...p.exporters,
      ]);
      const defined = [config.receivers, config.processors, config.exporters, config.connectors].flatMap(Object.keys);
      assert.deepEqual([...new Set(used)].sort(), defined.sort());
      assert.deepEqual([...config.service.extensions].sort(), Object.keys(config.extensions).sort());
    }
  });
});

describe("the namespaces of targets", () => {
  const table: [string, NamespaceSelection[], object[]][] = [
    ["are all when one pipeline wants all", [{}, { include: ["a"] }], []],
    ["are those of all lists", [{ include: ["b"] }, { include: ["a", "b"] }], [{ action: "keep", regex: "a|b" }]],
    ["lack what everybody leaves out", [{ exclude: ["a", "b"] }, { exclude: ["b"] }], [{ action: "drop", regex: "b" }]],
    ["have what one leaves out and another one wants", [{ exclude: ["a"] }, { include: ["a"] }], []],
  ];
  for (const [behaviour, selections, expected] of table) {
    it(behaviour, () => {
      const rules = wantedNamespaces(selections).map(({ action, regex }) => ({ action, regex }));
      assert.deepEqual(rules, expected);
    });
  }
});

describe("the runtime metrics of a pipeline", () => {
  it("are the ones that are on by default", () => {
    const all = runtimeMetricsOf({});
    for (const name of ["k8s.pod.cpu.time", "container.cpu.time", "k8s.container.restarts", "k8s.deployment.desired"]) {
      assert.ok(all.includes(name), name);
    }
    for (const name of ["container.uptime", "k8s.hpa.max_replicas", "k8s.node.uptime"]) {
      assert.ok(!all.includes(name), name);
    }
  });

  it("lack the metrics of a resource that is off, except those that are wanted by name", () => {
    const names = runtimeMetricsOf({
      resources: { pod: { enabled: false }, container: { enabled: false } },
      additionalMetrics: ["k8s.pod.phase", "container.uptime"],
    });
    assert.deepEqual(
      names.filter((name) => /^(k8s[.])?(pod|container)[.]/.test(name)),
      ["container.uptime", "k8s.pod.phase"],
    );
    assert.ok(names.includes("k8s.node.cpu.usage"));
  });

  it("decide which parts of the kubelet's summary are read", () => {
    assert.deepEqual(metricGroups(new Set(["container.uptime"])), ["container"]);
    assert.deepEqual(metricGroups(new Set(["k8s.container.cpu_limit_utilization"])), ["container"]);
    assert.deepEqual(metricGroups(new Set(["k8s.pod.uptime"])), ["pod"]);
    assert.deepEqual(metricGroups(new Set(["k8s.pod.volume.usage"])), ["volume"]);
    assert.deepEqual(metricGroups(new Set(["k8s.node.uptime"])), ["node"]);
  });
});
