import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { alertRules } from "../../components/monitoring/alerts";

/**
 * Tests when alerts fire, with Prometheus' own tester, which simulates the time of their conditions and their waiting.
 * `monitoring.test.ts` tests them with real collectors.
 */
const mebibyte = 1024 * 1024;
const namespace = "telemetry";
const gateway = { name: "telemetry-otlp-gateway", kind: "gateway", memoryLimit: 512 * mebibyte } as const;
const logAgent = { name: "telemetry-log-agent", kind: "log-agent", memoryLimit: 512 * mebibyte } as const;
const agent = { name: "telemetry-metric-agent", kind: "agent", memoryLimit: 768 * mebibyte } as const;

/** A series of one metric: labels besides the pod's, and the value at a minute, or none while the series is missing. */
interface Series {
  readonly metric: string;
  readonly job?: string;
  readonly pod?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly at: (minute: number) => number | undefined;
}

interface Case {
  readonly alert: string;
  readonly when: string;
  readonly series: readonly Series[];
  /** The last minute at which the alert is silent, and the first at which it fires. */
  readonly between: readonly [number, number];
  /** Labels of the alert besides its name, namespace and severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** A minute at which the alert is over. */
  readonly over?: number;
}

const logs = { exporter: "otlp_grpc/logs-shop" };
const onNode = { node: "node-1", pod: "pod-1" };
const always = (value: number) => () => value;
const from = (start: number, value: number) => (minute: number) => (minute >= start ? value : undefined);
/** A counter that grows by sixty a minute until it stops. */
const until = (end: number) => (minute: number) => 60 * Math.min(minute, end);
const up = (job: string) => ({ metric: "up", job, at: always(1) });

const cases: readonly Case[] = [
  {
    alert: "TelemetryDataLost",
    when: "three records were given up, and none before",
    series: [{ metric: "otelcol_exporter_send_failed_log_records", labels: logs, at: from(5, 3) }],
    between: [5.5, 6.5],
    labels: logs,
    summary: "logPipelines/shop loses data",
    over: 16,
  },
  {
    alert: "TelemetryDataLost",
    when: "a counter that has existed for long grows",
    series: [
      {
        metric: "otelcol_exporter_send_failed_spans",
        labels: { exporter: "otlp_http/traces-a.b" },
        at: (minute) => (minute < 30 ? 7 : 8),
      },
    ],
    between: [30.5, 31.5],
    labels: { exporter: "otlp_http/traces-a.b" },
    summary: "tracePipelines/a.b loses data",
    over: 41,
  },
  {
    alert: "TelemetryQueueOverflow",
    when: "a full queue did not take something",
    series: [{ metric: "otelcol_exporter_enqueue_failed_log_records", labels: logs, at: from(5, 100) }],
    between: [5.5, 6.5],
    labels: logs,
    summary: "logPipelines/shop gets more data than its backend accepts",
    over: 16,
  },
  {
    alert: "TelemetryQueueNearlyFull",
    when: "one pod's queue is nine tenths full",
    series: [
      { metric: "otelcol_exporter_queue_capacity", labels: logs, at: always(1000) },
      { metric: "otelcol_exporter_queue_size", labels: logs, at: (minute) => (minute < 3 || minute > 12 ? 100 : 900) },
    ],
    between: [7.5, 8.5],
    labels: { ...logs, ...onNode },
    summary: "The queue of logPipelines/shop is 90% full",
    over: 13,
  },
  {
    alert: "TelemetryBackendTakesNothing",
    when: "data waits and nothing was sent for five minutes",
    series: [
      { metric: "otelcol_exporter_queue_size", labels: logs, at: always(5) },
      { metric: "otelcol_exporter_sent_log_records", labels: logs, at: until(5) },
    ],
    between: [14, 16],
    labels: logs,
    summary: "The backend of logPipelines/shop accepts nothing",
  },
  {
    alert: "TelemetryDataRefused",
    when: "a gateway does not take what applications send, canaries left out",
    series: [
      {
        metric: "otelcol_receiver_refused_spans",
        labels: { receiver: "otlp", transport: "grpc" },
        at: from(5, 40),
      },
      {
        metric: "otelcol_receiver_refused_log_records",
        labels: { receiver: "otlp/canary", transport: "http" },
        at: from(5, 1),
      },
    ],
    between: [9.5, 10.5],
    labels: { ...onNode, receiver: "otlp", signal: "traces" },
    summary: "A collector refuses traces",
    over: 16,
  },
  {
    alert: "TelemetryCollectorDown",
    when: "a pod cannot be scraped",
    series: [up(agent.name), { metric: "up", at: (minute) => (minute < 3 || minute > 12 ? 1 : 0) }],
    between: [7.5, 8.5],
    labels: { ...onNode, job: gateway.name },
    summary: "A collector does not answer",
    over: 13,
  },
  {
    alert: "TelemetryCollectorsMissing",
    when: "no pod of the agent is known",
    series: [up(gateway.name)],
    between: [9.5, 10.5],
    labels: { job: agent.name },
    summary: `Prometheus finds no pod of ${agent.name}`,
  },
  {
    alert: "TelemetryCollectorRestarts",
    when: "a container started anew twice",
    series: [{ metric: "otelcol_process_uptime", at: (minute) => 60 * (minute % 10) + 1 }],
    between: [20.5, 21.5],
    labels: { ...onNode, job: gateway.name },
    summary: "A collector restarts repeatedly",
  },
  {
    alert: "TelemetryMemoryNearLimit",
    when: "a gateway uses 85 % of its own limit, which is less than the agent's",
    series: [
      { metric: "otelcol_process_memory_rss", at: (minute) => (minute < 3 ? 0.5 : 0.85) * gateway.memoryLimit },
      { metric: "otelcol_process_memory_rss", job: agent.name, at: always(0.7 * agent.memoryLimit) },
    ],
    between: [12.5, 13.5],
    labels: { ...onNode, job: gateway.name },
    summary: "A collector is close to its memory limit",
  },
  {
    alert: "TelemetryInputSilent",
    when: "a kubelet gives nothing any more",
    series: [accepted("kubeletstats", "pod-1", until(10)), accepted("kubeletstats", "pod-2", until(Infinity))],
    between: [24, 26],
    labels: { ...onNode, job: agent.name, receiver: "kubeletstats" },
    summary: "kubeletstats collects nothing",
  },
  {
    alert: "TelemetryInputSilent",
    when: "no collector collects the cluster's state any more",
    series: [accepted("k8s_cluster", "pod-1", until(10)), accepted("k8s_cluster", "pod-2", always(0))],
    between: [24, 26],
    labels: { job: agent.name, receiver: "k8s_cluster" },
    summary: "k8s_cluster collects nothing",
  },
];

/** Cases of the log agent, in a stack that has one. */
const logAgentCases: readonly Case[] = [
  {
    alert: "TelemetryContainerLogsStuck",
    when: "a file is being read all the time, and no line comes of it",
    series: [
      { metric: "otelcol_fileconsumer_reading_files", job: logAgent.name, at: (minute) => (minute < 5 ? 0 : 2) },
      { metric: "otelcol_fileconsumer_reading_files", job: logAgent.name, pod: "pod-2", at: always(3) },
      { metric: "otelcol_fileconsumer_reading_files", job: logAgent.name, pod: "pod-3", at: always(0) },
      lines("pod-1", until(5)),
      lines("pod-2", until(Infinity)),
      lines("pod-3", until(5)),
      { ...lines("pod-1", until(Infinity)), labels: { receiver: "otlp/canary", transport: "http" } },
    ],
    between: [18.5, 20],
    labels: onNode,
    summary: "A log agent reads no lines, although files have some",
  },
  {
    alert: "TelemetryContainerLogsBehind",
    when: "a file is being read all the time, and lines come of it",
    series: [
      { metric: "otelcol_fileconsumer_reading_files", job: logAgent.name, at: (minute) => (minute < 5 ? 0 : 2) },
      { metric: "otelcol_fileconsumer_reading_files", job: logAgent.name, pod: "pod-2", at: always(3) },
      {
        metric: "otelcol_fileconsumer_reading_files",
        job: logAgent.name,
        pod: "pod-3",
        at: (minute) => (minute % 8 === 0 ? 0 : 1),
      },
      lines("pod-1", until(25)),
      lines("pod-2", always(0)),
      lines("pod-3", until(Infinity)),
      { ...lines("pod-2", until(Infinity)), labels: { receiver: "otlp/canary", transport: "http" } },
    ],
    between: [18.5, 20],
    labels: onNode,
    summary: "A log agent reads lines more slowly than containers write them",
    over: 36,
  },
  {
    alert: "TelemetryContainerLogsDropped",
    when: "lines are refused for good, canaries left out",
    series: [
      { ...lines("pod-1", from(5, 7)), metric: "otelcol_receiver_refused_log_records" },
      { ...lines("pod-1", always(0)), metric: "otelcol_receiver_failed_log_records" },
      {
        metric: "otelcol_receiver_refused_log_records",
        job: logAgent.name,
        pod: "pod-2",
        labels: { receiver: "otlp/canary", transport: "http" },
        at: from(5, 1),
      },
    ],
    between: [5.5, 6.5],
    labels: { ...onNode, receiver: "filelog/logs-shop" },
    summary: "A log agent drops lines of containers",
    over: 16,
  },
  {
    alert: "TelemetryContainerLogsDropped",
    when: "lines fail for good",
    series: [
      { ...lines("pod-1", always(0)), metric: "otelcol_receiver_refused_log_records" },
      { ...lines("pod-1", (minute) => (minute < 30 ? 0 : 8)), metric: "otelcol_receiver_failed_log_records" },
    ],
    between: [30.5, 31.5],
    labels: { ...onNode, receiver: "filelog/logs-shop" },
    summary: "A log agent drops lines of containers",
    over: 41,
  },
];

function lines(pod: string, at: Series["at"]): Series {
  const labels = { receiver: "filelog/logs-shop", transport: "" };
  return { metric: "otelcol_receiver_accepted_log_records", job: logAgent.name, pod, labels, at };
}

function accepted(receiver: string, pod: string, at: Series["at"]): Series {
  const labels = { receiver, transport: "" };
  return { metric: "otelcol_receiver_accepted_metric_points", job: agent.name, pod, labels, at };
}

/** A pod of the gateway that lives for a while, with all series that alerts read. */
function healthyGateway(pod: string, born: number, died: number): Series[] {
  const alive = (value: (age: number) => number) => (minute: number) =>
    minute >= born && minute < died ? value(minute - born) : undefined;
  const series: readonly (readonly [metric: string, at: (age: number) => number, labels?: Series["labels"]])[] = [
    ["up", always(1)],
    ["otelcol_process_uptime", (age) => 60 * age],
    ["otelcol_process_memory_rss", always(200 * mebibyte)],
    ["otelcol_exporter_queue_capacity", always(1000), logs],
    ["otelcol_exporter_queue_size", always(10), logs],
    ["otelcol_exporter_sent_log_records", (age) => 600 * age, logs],
    ["otelcol_receiver_refused_log_records", always(0), { receiver: "otlp", transport: "grpc" }],
  ];
  return series.map(([metric, at, labels]) => ({ metric, pod, labels, at: alive(at) }));
}

/** The minutes of the scrapes in an hour: every half minute, as in the PodMonitor. */
const times = Array.from({ length: 121 }, (_, i) => i / 2);

function inputSeries({ metric, job = gateway.name, pod = "pod-1", labels = {}, at }: Series): object {
  const all = { namespace, job, pod, node: pod.replace("pod", "node"), ...labels };
  const text = Object.entries(all).map(([label, value]) => `${label}="${value}"`);
  return { series: `${metric}{${text.join()}}`, values: times.map((minute) => at(minute) ?? "_").join(" ") };
}

const known = alertRules({ namespace, collectors: [agent, gateway] });
const withLogAgent = alertRules({ namespace, collectors: [agent, gateway, logAgent] });

interface Expected {
  readonly minute: number;
  readonly alert: string;
  readonly alerts: readonly object[];
}

/** Returns the differences that the tester finds, or an empty text. */
function differences(series: readonly Series[], expected: readonly Expected[], all = known): string {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-alerts-"));
  try {
    const rules = all.map(({ annotations, ...rule }) => ({
      ...rule,
      annotations: { summary: annotations.summary },
    }));
    writeFileSync(join(folder, "rules.yml"), stringify({ groups: [{ name: "telemetry", rules }] }));
    const test = {
      rule_files: ["rules.yml"],
      evaluation_interval: "30s",
      tests: [
        {
          interval: "30s",
          input_series: series.map(inputSeries),
          alert_rule_test: expected.map(({ minute, alert, alerts }) => ({
            eval_time: `${minute * 60}s`,
            alertname: alert,
            exp_alerts: alerts,
          })),
        },
      ],
    };
    const file = join(folder, "test.yml");
    writeFileSync(file, stringify(test));
    const { status, stdout, stderr, error } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    if (error) throw error;
    return status === 0 ? "" : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("alerts, in their time", () => {
  const all = [
    ...cases.map((one) => ({ ...one, rules: known })),
    ...logAgentCases.map((one) => ({ ...one, rules: withLogAgent })),
  ];
  for (const { alert, when, series, between, labels, summary, over, rules } of all) {
    it(`${alert} fires when ${when}`, () => {
      const severity = rules.find((rule) => rule.alert === alert)?.labels.severity;
      const firing = { exp_labels: { severity, namespace, ...labels }, exp_annotations: { summary } };
      const [silent, loud] = between;
      const expected = [
        { minute: silent, alert, alerts: [] },
        { minute: loud, alert, alerts: [firing] },
        ...(over === undefined ? [] : [{ minute: over, alert, alerts: [] }]),
      ];
      assert.equal(differences(series, expected, rules), "");
      // A wrong expectation fails, so the tester does compare.
      assert.notEqual(differences(series, [{ minute: loud, alert, alerts: [] }], rules), "");
    });
  }

  it("are all tried", () => {
    assert.deepEqual([...new Set(all.map(({ alert }) => alert))], [...new Set(withLogAgent.map(({ alert }) => alert))]);
  });

  it("are silent for an hour without a fault, with a rolling update in the middle", () => {
    const series = [
      ...healthyGateway("pod-1", 0, 30),
      ...healthyGateway("pod-2", 29.5, Infinity),
      up(agent.name),
      accepted("kubeletstats", "pod-1", until(Infinity)),
      accepted("k8s_cluster", "pod-1", until(Infinity)),
      accepted("k8s_cluster", "pod-2", always(0)),
    ];
    const expected = times
      .filter((minute) => minute > 0 && minute % 5 === 0)
      .flatMap((minute) => known.map(({ alert }) => ({ minute, alert, alerts: [] })));
    assert.equal(differences(series, expected), "");
  });
});
