import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { retrySeconds } from "../../../components/contract";
import { alertRules } from "../../../components/monitoring/alerts";
import { dashboard } from "../../../components/monitoring/dashboard";
import { podMonitorSpec } from "../../../components/monitoring/pod-monitor";
import type { Watched } from "../../../components/monitoring/promql";
import { agent, both, everyCollector, gateway, logAgent } from "../helpers/watched";

const onlyGateway: Watched = { namespace: "monitoring-eu", collectors: [gateway] };

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { expr: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
const panelsOf = (watched: Watched): Panel[] => (JSON.parse(dashboard(watched)) as { panels: Panel[] }).panels;

/** Returns the expressions of alerts and panels, without the labels by which they select. */
const expressions = (watched: Watched): string[] => [
  ...alertRules(watched).map(({ expr }) => expr),
  ...panelsOf(watched).flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
];

describe("the targets of Prometheus", () => {
  it("are the pods of the existing collectors, by the port of their own metrics", () => {
    assert.deepEqual(podMonitorSpec(both), {
      jobLabel: "app.kubernetes.io/name",
      selector: {
        matchExpressions: [
          {
            key: "app.kubernetes.io/name",
            operator: "In",
            values: ["telemetry-metric-agent", "telemetry-otlp-gateway"],
          },
        ],
      },
      podMetricsEndpoints: [
        {
          port: "self-metrics",
          path: "/metrics",
          interval: "30s",
          relabelings: [{ sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
        },
      ],
    });
  });
});

describe("a collector in its own namespace", () => {
  const watched: Watched = { namespace: "telemetry", collectors: [gateway, logAgent] };

  it("is found by the PodMonitor of the stack", () => {
    const { namespaceSelector } = podMonitorSpec(watched) as { readonly namespaceSelector?: unknown };
    assert.deepEqual(namespaceSelector, { matchNames: ["telemetry", "telemetry-logs"] });
  });

  it("is in every alert about all collectors", () => {
    const [lost] = alertRules(watched);
    assert.match(
      lost?.expr ?? "",
      /\{namespace=~"telemetry\|telemetry-logs",job=~"telemetry-otlp-gateway\|telemetry-log-agent"\}/,
    );
    const missing = alertRules(watched).find(({ alert }) => alert === "TelemetryCollectorsMissing")?.expr ?? "";
    assert.match(missing, /absent\(up\{namespace="telemetry-logs",job="telemetry-log-agent"\}\)/);
  });

  it("has its own settings in the texts", () => {
    const text = JSON.stringify(alertRules(watched));
    for (const setting of [
      "telemetry:gateway, telemetry:agent or telemetry:logAgent",
      "diskQueue in telemetry:logAgent",
      "A log agent counts lines for which the disk of its node has no room",
    ])
      assert.ok(text.includes(setting), setting);
    assert.ok(!JSON.stringify(alertRules(both)).includes("logAgent"));
  });
});

describe("the expressions of alerts and dashboard", () => {
  it("are about these collectors in this namespace only", () => {
    for (const expression of expressions(onlyGateway)) {
      for (const [selector] of expression.matchAll(/\w+\{[^}]*\}/g)) {
        assert.match(selector, /\{namespace="monitoring-eu",job="telemetry-otlp-gateway"/, expression);
      }
      assert.doesNotMatch(expression, /telemetry-metric-agent/);
    }
  });

  it("have as many closing as opening brackets", () => {
    for (const expression of [...expressions(both), ...expressions(onlyGateway)]) {
      for (const [open, close] of ["()", "{}", "[]"]) {
        assert.equal(expression.split(open ?? "").length, expression.split(close ?? "").length, expression);
      }
    }
  });
});

describe("alerts", () => {
  it("each state problem and remedy in a sentence, and wait before they fire", () => {
    for (const { alert, for: wait, labels, annotations } of alertRules(everyCollector)) {
      assert.match(alert, /^Telemetry[A-Z]\w+$/);
      assert.match(wait, /^\d+m$/);
      assert.ok(["critical", "warning"].includes(labels.severity));
      assert.ok(annotations.summary.replace(/\{\{.*?\}\}/g, "").length < 80, alert);
      assert.match(annotations.description, /npm run status|kubectl|raise|[Ss]ee/, alert);
      assert.match(annotations.description, /\.$/, alert);
    }
  });

  it("name the setting of retries once a pipeline has its own time", () => {
    const texts = (retries: readonly number[]): string[] => {
      const watched = { ...both, collectors: [agent, { ...gateway, retries }] };
      const lost = panelsOf(watched).find(({ title }) => title === "Lost")?.description ?? "";
      const alerts = alertRules(watched).filter(({ alert }) => /DataLost|TakesNothing/.test(alert));
      return [...alerts.map(({ annotations }) => annotations.description), lost];
    };
    const usual = [
      "accepted nothing for five minutes. Run",
      "for more than five minutes, after which collectors drop data. Run",
      "accepted none for five minutes, or",
    ];
    const own = [
      "accepted nothing for the time in output.otlp.retry.maxElapsedTime. Run",
      "for more than five minutes; collectors drop data after the time in output.otlp.retry.maxElapsedTime. Run",
      "accepted none for the time in output.otlp.retry.maxElapsedTime, or",
    ];
    assert.equal(retrySeconds, 300);
    texts([retrySeconds, retrySeconds]).forEach((text, i) => assert.ok(text.includes(usual[i] ?? "?"), text));
    texts([retrySeconds, 90]).forEach((text, i) => assert.ok(text.includes(own[i] ?? "?"), text));
  });

  it("name the size of a queue once a pipeline sets it", () => {
    const text = (hasOwnQueues: boolean): string | undefined => {
      const watched = { ...both, collectors: [agent, { ...gateway, hasOwnQueues }] };
      const { annotations } = alertRules(watched).find(({ alert }) => alert === "TelemetryQueueOverflow") ?? {};
      return / or raise (.*)$/.exec(annotations?.description ?? "")?.[1];
    };
    const memory = "resources.limits.memory in telemetry:gateway or telemetry:agent, from which queues are sized.";
    assert.equal(text(false), memory);
    assert.equal(text(true), `the pipeline's output.otlp.queue.size if it is set, or else ${memory}`);
  });

  it("have different names, and none is about an agent in a stack without one", () => {
    const names = alertRules(both).map(({ alert }) => alert);
    assert.equal(new Set(names).size, names.length);
    const withoutAgent = alertRules(onlyGateway).map(({ alert }) => alert);
    assert.deepEqual(
      names.filter((name) => !withoutAgent.includes(name)),
      ["TelemetryInputSilent"],
    );
  });

  it("refer to a log if the cluster's state is missing: nothing else shows the cause", () => {
    const silent =
      alertRules(both).find(({ alert }) => alert === "TelemetryInputSilent")?.annotations.description ?? "";
    const [, kubelet = "", cluster = ""] =
      /\{\{ if eq \$labels\.receiver "kubeletstats" \}\}(.*)\{\{ else \}\}(.*)\{\{ end \}\}\.$/.exec(silent) ?? [];
    assert.match(kubelet, /npm run status.*InputsHealthy/);
    assert.match(cluster, /kubectl -n \{\{ \$labels\.namespace \}\} logs/);
    assert.doesNotMatch(cluster, /npm run status/);
  });

  it("compare each collector's memory with its own limit", () => {
    const { expr } = alertRules(both).find(({ alert }) => alert === "TelemetryMemoryNearLimit") ?? { expr: "" };
    assert.equal(
      expr,
      '(otelcol_process_memory_rss{namespace="telemetry",job="telemetry-metric-agent"} / 1024 or ' +
        'otelcol_process_memory_rss{namespace="telemetry",job="telemetry-otlp-gateway"} / 512) > 0.8',
    );
  });

  it("each have a line in the documentation, with their severity and the time for which they wait", () => {
    const page = readFileSync(join(__dirname, "../../../docs/monitoring.md"), "utf8").replace(/ +/g, " ");
    for (const { alert, for: wait, labels } of alertRules(everyCollector)) {
      assert.ok(page.includes(`| \`${alert}\` | ${labels.severity} | ${wait} |`), alert);
    }
    const told = [...page.matchAll(/^\| `(Telemetry\w+)`/gm)].map(([, name]) => name);
    assert.deepEqual(
      told,
      alertRules(everyCollector).map(({ alert }) => alert),
    );
  });
});

describe("the dashboard", () => {
  it("is the same bytes for the same collectors", () => {
    assert.equal(dashboard(both), dashboard({ ...both, collectors: [...both.collectors] }));
    assert.notEqual(dashboard(both), dashboard(onlyGateway));
  });

  it("has panels side by side that do not overlap, each with an explanation", () => {
    const panels = panelsOf(both);
    assert.deepEqual(
      panels.map(({ id }) => id),
      panels.map((_, i) => i + 1),
    );
    const taken = new Set<string>();
    for (const { type, title, description, gridPos } of panels) {
      if (type !== "row") assert.ok(description, title);
      assert.ok(gridPos.x + gridPos.w <= 24, title);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          assert.ok(!taken.has(`${x},${y}`), title);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  it("stays far below the size of a ConfigMap", () => {
    assert.ok(dashboard(both).length < 100_000);
  });
});
