import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application } from "./support/application";
import { Backend, backendNamespace } from "./support/backends";
import { eventually } from "./support/eventually";
import { apply, everyObject, get, kubectl, type KubernetesObject } from "./support/kubectl";
import { logsRequest, metricsRequest, now, tracesRequest } from "./support/otlp";
import { makeNamespaces, removeNamespaces } from "./support/probe";
import { operatorDefinition } from "./support/operator-definitions";
import { Prometheus, type PodMonitor } from "./support/prometheus";
import { Stack } from "./support/stack";

const namespace = "e2e-monitoring";

interface Rule {
  readonly alert: string;
  readonly expr: string;
}
type PrometheusRule = KubernetesObject & { readonly spec: { readonly groups: readonly { rules: Rule[] }[] } };
type ConfigMap = KubernetesObject & { readonly data: Readonly<Record<string, string>> };

/** Both kinds, with the parts that the API server needs. */
const kinds = [
  ["PodMonitor", "podmonitors"],
  ["PrometheusRule", "prometheusrules"],
] as const;
const definitions = kinds.map(([kind, plural]) => operatorDefinition(kind, plural));
const definitionNames = definitions.map(({ metadata }) => `crd/${metadata.name}`);

/** Returns the metrics in an expression. In our expressions, braces follow every metric. */
const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/([a-zA-Z_:][a-zA-Z0-9_:]*)\{/g)].map(([, name = ""]) => name);

/** Replaces variables as Grafana does. */
const filledIn = (expression: string): string =>
  expression.replaceAll("$__rate_interval", "1m").replaceAll(/\$(?:pipeline|node)/g, ".*");

/** The expressions of all panels and variables. */
function expressionsOf(dashboard: string): string[] {
  const { panels, templating } = JSON.parse(dashboard) as {
    panels: { targets?: { expr: string }[] }[];
    templating: { list: { type: string; query: { query: string } }[] };
  };
  return [
    ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => filledIn(expr))),
    ...templating.list.flatMap(({ type, query }) => (type === "query" ? [query.query] : [])),
  ];
}

describe("alerts and the dashboard", function () {
  this.timeout("12m");
  const stack = new Stack({});
  let untouched: string[];
  let backend: Backend;
  let prometheus: Prometheus;
  let rules: readonly Rule[] = [];
  let expressions: readonly string[] = [];
  let without: readonly KubernetesObject[];

  const requests = (amount: number, padding = "") => {
    const attributes = { padding };
    const each = Array.from({ length: amount }, () => attributes);
    return {
      metrics: metricsRequest([
        { name: "m", gauge: each.map((attributes, i) => ({ time: now() + BigInt(i), value: 1, attributes })) },
      ]),
      traces: tracesRequest(each.map((attributes) => ({ name: "s", start: now(), attributes }))),
      logs: logsRequest(each.map((attributes) => ({ body: "l", time: now(), attributes }))),
    };
  };
  const push = async (application: Application, amount: number, padding?: string): Promise<void> => {
    const { metrics, traces, logs } = requests(amount, padding);
    await Promise.all([
      application.tryPush("metrics", metrics),
      application.tryPush("traces", traces),
      application.tryPush("logs", logs),
    ]);
  };

  before(async () => {
    untouched = await everyObject();
    await makeNamespaces(backendNamespace, namespace);
    backend = await Backend.start("monitored");
    const output = { otlp: { endpoint: { value: backend.grpc }, tls: { insecure: true } } };
    stack.configure({
      metric: { collectionInterval: "2s" },
      // The queues are smaller than one request of a test.
      gateway: { resources: { limits: { memory: "192Mi" } } },
      metricPipelines: [{ name: "shop", input: { runtime: { enabled: true }, apiServer: { enabled: true } }, output }],
      tracePipelines: [{ name: "shop", output }],
      logPipelines: [{ name: "shop", output }],
    });
    await stack.create();
    await stack.up();
    without = await get("configmaps", "-n", "telemetry", "-l", "app.kubernetes.io/component=monitoring");
    await apply({ apiVersion: "v1", kind: "List", items: definitions });
    await kubectl("wait", "--for=condition=Established", ...definitionNames, "--timeout=100s");
    await stack.up();

    const [monitor] = await get<KubernetesObject & PodMonitor>("podmonitors", "-n", "telemetry");
    const [rule] = await get<PrometheusRule>("prometheusrules", "-n", "telemetry");
    const [dashboard] = await get<ConfigMap>("configmaps", "-n", "telemetry", "-l", "grafana_dashboard=1");
    assert.ok(monitor && rule && dashboard, "all three objects");
    rules = rule.spec.groups.flatMap(({ rules }) => rules);
    expressions = Object.values(dashboard.data).flatMap(expressionsOf);
    prometheus = await Prometheus.start(namespace, "telemetry", monitor, rule.spec.groups);
  });

  after(async () => {
    await kubectl("delete", ...definitionNames, "--ignore-not-found");
    await stack.destroy();
    stack.dispose();
    await removeNamespaces(backendNamespace, namespace);
  });

  it("are made where the cluster has the Prometheus Operator's kinds, and not where it lacks them", async () => {
    assert.deepEqual(without, []);
    const { code, output } = await stack.preview("--expect-no-changes");
    assert.equal(code, 0, output);
  });

  it("let Prometheus read every collector", async () => {
    await eventually(async () => {
      const up = await prometheus.query("up");
      const jobs = [...new Set(up.map(({ metric }) => metric.job))].sort();
      assert.deepEqual(jobs, [
        "telemetry-metric-agent",
        "telemetry-metric-agent-apiserver",
        "telemetry-metric-agent-cluster",
        "telemetry-otlp-gateway",
      ]);
      for (const { metric, value } of up) assert.equal(value[1], "1", JSON.stringify(metric));
    });
  });

  it("ask for metrics that the collectors have, those of failures included", async () => {
    const [application] = await Application.startIn(namespace);
    assert.ok(application);
    const wanted = [...new Set([...rules.map(({ expr }) => expr), ...expressions].flatMap(metricsIn))].sort();
    assert.ok(wanted.length > 15, wanted.join());
    await push(application, 3);
    await eventually(async () => assert.ok((await backend.counts()).some(({ signal }) => signal === "logs")));
    await backend.behave({ code: "INVALID_ARGUMENT" });
    await push(application, 3);
    await push(application, 3000, "x".repeat(1000));
    await eventually(async () => {
      const there = await prometheus.metricNames();
      assert.deepEqual(
        wanted.filter((name) => !there.includes(name)),
        [],
      );
    });
  });

  it("have the real names of the agent's inputs", async () => {
    const silent = rules.find(({ alert }) => alert === "TelemetryInputSilent")?.expr ?? "";
    const named = [...silent.matchAll(/receiver="([^"]+)"/g)].map(([, name]) => name);
    assert.deepEqual(named, ["kubeletstats", "k8s_cluster"]);
    await eventually(async () => {
      const there = await prometheus.query("count by (receiver) (otelcol_receiver_accepted_metric_points)");
      for (const name of named)
        assert.ok(
          there.some(({ metric }) => metric.receiver === name),
          name,
        );
    });
  });

  it("are understood by Prometheus, each rule and each panel", async () => {
    await eventually(async () => {
      const evaluated = await prometheus.rules();
      assert.deepEqual(
        evaluated.map(({ name, health, lastError }) => ({ name, health, lastError })),
        rules.map(({ alert }) => ({ name: alert, health: "ok", lastError: undefined })),
      );
    });
    const panels = expressions.filter((expression) => !expression.startsWith("label_values("));
    for (const expression of panels) assert.ok(Array.isArray(await prometheus.query(expression)), expression);
  });

  it("name the pipeline that loses data as the configuration does, and the remedy", async () => {
    const { told, lost } = await eventually(async () => {
      const told = (await prometheus.rules()).flatMap(({ alerts }) => alerts);
      const names = new Set(told.map(({ labels }) => labels.alertname));
      for (const name of ["TelemetryDataLost", "TelemetryQueueOverflow", "TelemetryDataRefused"]) {
        assert.ok(names.has(name), [...names].join());
      }
      const lost = told.filter(({ labels }) => labels.alertname === "TelemetryDataLost");
      // The agent's metrics are lost all the time, logs and traces only when the application has sent some.
      assert.deepEqual(lost.map(({ annotations }) => annotations.summary).sort(), [
        "logPipelines/shop loses data",
        "metricPipelines/shop loses data",
        "tracePipelines/shop loses data",
      ]);
      return { told, lost };
    });
    assert.match(
      lost.find(({ labels }) => labels.exporter?.endsWith("logs-shop"))?.annotations.description ?? "",
      /^\d+ items of logPipelines\/shop were dropped in 10m: .*npm run status/,
    );
    for (const { annotations } of told) {
      for (const text of Object.values(annotations)) assert.doesNotMatch(text, /<no value>|error expanding|\{\{/, text);
    }
    const quiet = ["TelemetryCollectorDown", "TelemetryCollectorsMissing", "TelemetryCollectorRestarts"];
    assert.deepEqual(
      // A slow scrape under this load makes an alert pending.
      told.filter(({ state, labels }) => state === "firing" && quiet.includes(labels.alertname ?? "")),
      [],
      "the collectors are healthy",
    );
  });

  it("have a page beside them that shows the same problems, pod by pod", async () => {
    const folder = mkdtempSync(join(tmpdir(), "telemetry-status-"));
    try {
      // A check on a slow machine may end before it has seen a loss in each pod.
      await eventually(async () => {
        const { code, output } = await stack.status("--html", join(folder, "status.html"));
        assert.equal(code, 1, output);
        assert.match(output, /metricPipelines\/shop +ok .*Dropped/);
        const page = readFileSync(join(folder, "status.html"), "utf8");
        assert.match(page, /<title>3 of 3 pipelines unhealthy: e2e<\/title>/);
        const collectors = await get("pods", "-n", "telemetry");
        for (const { metadata } of collectors) assert.ok(page.includes(`data-pod="${metadata.name}"`), metadata.name);
        const gateways = collectors.filter(({ metadata }) => metadata.name.includes("gateway")).length;
        assert.equal(page.match(/id="pod-\d+-lost"/g)?.length, collectors.length, "canaries of all are refused");
        assert.ok(gateways > 0 && /<desc id="pod-1-queue-desc">At most/.test(page));
      }, 240);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are removed with the stack, also if one of their kinds was removed before", async () => {
    const [podMonitors = "", ...others] = definitionNames;
    await kubectl("delete", podMonitors);
    await stack.destroy();
    assert.deepEqual(await get("prometheusrules", "-A"), []);
    await kubectl("delete", ...others);
    await removeNamespaces(backendNamespace, namespace);
    await eventually(async () => assert.deepEqual(await everyObject(), untouched));
  });
});
