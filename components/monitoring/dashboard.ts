import { layout, type Row } from "./panels";
import { growth, labelled, notCanary, ofAllSignals, select, window, type Watched } from "./promql";
import { retryTime } from "./setting-words";

/** Window of rates, which Grafana adapts to the scrape interval. */
const rateWindow = "$__rate_interval";
const byPipeline = 'exporter=~"$pipeline"';
const byNode = 'node=~"$node"';

/** Returns the dashboard about these collectors in Grafana's JSON. The same collectors give the same bytes. */
export function dashboard(watched: Watched): string {
  return JSON.stringify(
    {
      // One Grafana can show several stacks.
      uid: `telemetry-${watched.namespace}`.slice(0, 40),
      title: `Telemetry pipelines (${watched.namespace})`,
      description: "Gateway and metric agent: received, delivered and lost data.",
      tags: ["telemetry", "opentelemetry"],
      schemaVersion: 39,
      editable: true,
      refresh: "30s",
      time: { from: "now-1h", to: "now" },
      templating: { list: variables(watched) },
      panels: layout(rows(watched)),
    },
    null,
    2,
  );
}

function variables(watched: Watched): object[] {
  const chosenBy = (name: string, label: string, metric: string): object => ({
    name,
    label: name,
    type: "query",
    datasource: { type: "prometheus", uid: "${datasource}" },
    query: { query: `label_values(${select(metric, watched)}, ${label})`, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { text: "All", value: "$__all" },
  });
  return [
    { name: "datasource", label: "data source", type: "datasource", query: "prometheus" },
    chosenBy("pipeline", "exporter", "otelcol_exporter_queue_capacity"),
    chosenBy("node", "node", "otelcol_process_uptime"),
  ];
}

function rows(watched: Watched): Row[] {
  return [overview(watched), pipelineRow(watched), queueRow(watched), intakeRow(watched), podRow(watched)];
}

function overview(watched: Watched): Row {
  const grown = (metric: string): string => growth(select(metric, watched));
  const lost = ["send_failed", "enqueue_failed"]
    .map((how) => ofAllSignals(`otelcol_exporter_${how}`, (metric) => labelled(grown(metric), "how", how)))
    .join(" or ");
  const refused = ofAllSignals("otelcol_receiver_refused", (metric, signal) =>
    labelled(growth(select(metric, watched, notCanary)), "signal", signal),
  );
  const queue = `${select("otelcol_exporter_queue_size", watched)} / ${select("otelcol_exporter_queue_capacity", watched)}`;
  const or0 = (expression: string): string => `${expression} or vector(0)`;
  const stat = { kind: "stat", width: 5 } as const;
  return {
    title: "Overview",
    height: 4,
    panels: [
      {
        ...stat,
        width: 4,
        title: "Collectors down",
        description: "Pods that Prometheus cannot scrape.",
        unit: "short",
        thresholds: [1, 1],
        queries: [{ expr: or0(`count(${select("up", watched)} == 0)`), legend: "down" }],
      },
      {
        ...stat,
        title: "Delivered",
        description: "Items that backends accepted: data points, spans and log records.",
        unit: "cps",
        queries: [{ expr: `sum(${sentRate(watched)})`, legend: "items" }],
      },
      {
        ...stat,
        title: `Lost in ${window}`,
        description: "Items that were dropped, or that full queues did not accept.",
        unit: "short",
        thresholds: [1, 1],
        queries: [{ expr: or0(`sum(${lost})`), legend: "items" }],
      },
      {
        ...stat,
        title: `Refused in ${window}`,
        description: "Items that collectors refused; senders retry for a while.",
        unit: "short",
        thresholds: [1, 1000],
        queries: [{ expr: or0(`sum(${refused})`), legend: "items" }],
      },
      {
        ...stat,
        title: "Fullest queue",
        description: "The fullest queue of all pipelines in all pods.",
        unit: "percentunit",
        thresholds: [0.5, 0.8],
        queries: [{ expr: `max(${queue})`, legend: "full" }],
      },
    ],
  };
}

const sentRate = (watched: Watched, ...matchers: readonly string[]): string =>
  ofAllSignals("otelcol_exporter_sent", (metric) => `rate(${select(metric, watched, ...matchers)}[${rateWindow}])`);

function pipelineRow(watched: Watched): Row {
  const rate = (how: string): string =>
    ofAllSignals(
      `otelcol_exporter_${how}`,
      (metric) => `rate(${select(metric, watched, byPipeline, byNode)}[${rateWindow}])`,
    );
  const lines = { kind: "timeseries", width: 12, unit: "cps" } as const;
  return {
    title: "Pipelines",
    height: 9,
    panels: [
      {
        ...lines,
        title: "Delivered",
        description: "Items that each pipeline's backend accepted.",
        queries: [{ expr: `sum by (exporter) (${sentRate(watched, byPipeline, byNode)})`, legend: "{{exporter}}" }],
      },
      {
        ...lines,
        title: "Lost",
        description: `Items dropped because the backend refused them or accepted none for ${retryTime(watched)}, or because a queue was full.`,
        stacked: true,
        queries: [
          { expr: `sum by (exporter, error_type) (${rate("send_failed")})`, legend: "{{exporter}}: {{error_type}}" },
          { expr: `sum by (exporter) (${rate("enqueue_failed")})`, legend: "{{exporter}}: queue full" },
        ],
      },
    ],
  };
}

function queueRow(watched: Watched): Row {
  const size = select("otelcol_exporter_queue_size", watched, byPipeline, byNode);
  const capacity = select("otelcol_exporter_queue_capacity", watched, byPipeline, byNode);
  const lines = { kind: "timeseries", width: 12 } as const;
  return {
    title: "Queues",
    height: 8,
    panels: [
      {
        ...lines,
        title: "Queue use, fullest pod of each pipeline",
        description: "Share of a queue that is in use. A full queue loses new data.",
        unit: "percentunit",
        max: 1,
        queries: [{ expr: `max by (exporter) (${size} / ${capacity})`, legend: "{{exporter}}" }],
      },
      {
        ...lines,
        title: "Waiting",
        description: "Bytes in the queues of each pipeline in all pods.",
        unit: "bytes",
        queries: [{ expr: `sum by (exporter) (${size})`, legend: "{{exporter}}" }],
      },
    ],
  };
}

function intakeRow(watched: Watched): Row {
  const rate = (how: string): string =>
    ofAllSignals(`otelcol_receiver_${how}`, (metric, signal) =>
      labelled(`rate(${select(metric, watched, notCanary, byNode)}[${rateWindow}])`, "signal", signal),
    );
  const lines = { kind: "timeseries", width: 12, unit: "cps" } as const;
  return {
    title: "Intake",
    height: 8,
    panels: [
      {
        ...lines,
        title: "Received",
        description: "Items that were pushed to the gateway or collected by the agent.",
        queries: [
          { expr: `sum by (job, receiver, signal) (${rate("accepted")})`, legend: "{{job}} {{receiver}}: {{signal}}" },
        ],
      },
      {
        ...lines,
        title: "Refused",
        description: "Items that collectors refused, because memory was short or queues were full.",
        queries: [{ expr: `sum by (job, node, signal) (${rate("refused")})`, legend: "{{job}} {{node}}: {{signal}}" }],
      },
    ],
  };
}

function podRow(watched: Watched): Row {
  const memory = watched.collectors
    .map(
      ({ name, memoryLimit, namespace = watched.namespace }) =>
        `otelcol_process_memory_rss{namespace="${namespace}",job="${name}",${byNode}} / ${memoryLimit}`,
    )
    .join(" or ");
  const lines = { kind: "timeseries", width: 8 } as const;
  return {
    title: "Pods",
    height: 8,
    panels: [
      {
        ...lines,
        title: "Delivered by node",
        description: "Items that backends accepted.",
        unit: "cps",
        queries: [
          { expr: `sum by (job, node) (${sentRate(watched, byPipeline, byNode)})`, legend: "{{job}} {{node}}" },
        ],
      },
      {
        ...lines,
        title: "Memory",
        description: "Share of the memory limit. With a heap of 60 % of the limit, collectors refuse data.",
        unit: "percentunit",
        max: 1,
        queries: [{ expr: `max by (job, node, pod) (${memory})`, legend: "{{job}} {{node}}" }],
      },
      {
        ...lines,
        title: "CPU",
        description: "Cores in use.",
        unit: "short",
        queries: [
          {
            expr: `sum by (job, node) (rate(${select("otelcol_process_cpu_seconds", watched, byNode)}[${rateWindow}]))`,
            legend: "{{job}} {{node}}",
          },
        ],
      },
    ],
  };
}
