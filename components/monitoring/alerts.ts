import type { ConditionType } from "../verification";
import { selfMetricsLabel } from "../contract";
import { amount, pipeline, pod, share, type AlertRule } from "./alert-rule";
import {
  growth,
  labelled,
  notCanary,
  ofAllSignals,
  select,
  window,
  type Watched,
  type WatchedCollector,
} from "./promql";
import { logAgentAlerts } from "./log-agent-alerts";
import {
  diskFull,
  dropTime,
  fullQueue,
  isLogAgent,
  keptQueues,
  memorySettings,
  queueSettings,
  retryTime,
} from "./setting-words";

/** Condition to which an alert refers. */
const inputsCondition: ConditionType = "InputsHealthy";

/** Share of a queue, and of a pod's memory, that counts as nearly full. */
const nearlyFull = 0.8;
/** Restarts of one container within half an hour that are not a coincidence. */
const restarts = 2;

const [[scraperKey, scraperValue] = ["", ""]] = Object.entries(selfMetricsLabel);

/** Returns all alerts about these collectors. Each `sum by` keeps the labels that the texts of the alert name. */
export function alertRules(watched: Watched): AlertRule[] {
  return [
    ...flowAlerts(watched),
    ...refusalAlerts(watched),
    ...collectorAlerts(watched),
    ...agentAlerts(watched),
    ...logAgentAlerts(watched),
  ];
}

function flowAlerts(watched: Watched): AlertRule[] {
  const grown = (metric: string): string => growth(select(metric, watched));
  const rate = (metric: string): string => `rate(${select(metric, watched)}[5m])`;
  const queued = select("otelcol_exporter_queue_size", watched);
  const capacity = select("otelcol_exporter_queue_capacity", watched);
  return [
    {
      alert: "TelemetryDataLost",
      expr: `sum by (namespace, exporter) (${ofAllSignals("otelcol_exporter_send_failed", grown)}) > 0`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${pipeline} loses data`,
        description:
          `${amount} items of ${pipeline} were dropped in ${window}: the backend answered with an error, or accepted nothing ` +
          `for ${retryTime(watched)}. Run \`npm run status\`, which reports the cause, or read the collectors' logs. Then correct the ` +
          "address, the credentials or the certificate under the pipeline's output.otlp, or repair the backend.",
      },
    },
    {
      alert: "TelemetryQueueOverflow",
      expr: `sum by (namespace, exporter) (${ofAllSignals("otelcol_exporter_enqueue_failed", grown)}) > 0`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${pipeline} gets more data than its backend accepts`,
        description:
          `The queue of ${pipeline} had no room for ${amount} items in ${window}. Run \`npm run status\`, which reports why ` +
          `the backend accepts too little. Send less with filters, or raise ${queueSettings(watched)}.${diskFull(watched)}`,
      },
    },
    {
      alert: "TelemetryQueueNearlyFull",
      expr: `max by (namespace, node, pod, exporter) (${queued} / ${capacity}) > ${nearlyFull}`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `The queue of ${pipeline} is ${share} full`,
        description:
          `In ${pod} on node {{ $labels.node }}, data of ${pipeline} arrives faster than its backend accepts it. When the ` +
          `queue is full, ${fullQueue(watched)}. Run \`npm run status\`, and check whether this node sends unusually much.`,
      },
    },
    {
      alert: "TelemetryBackendTakesNothing",
      expr:
        `sum by (namespace, exporter) (${queued}) > 0 ` +
        `unless sum by (namespace, exporter) (${ofAllSignals("otelcol_exporter_sent", rate)}) > 0`,
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: `The backend of ${pipeline} accepts nothing`,
        description:
          `${amount} bytes of ${pipeline} wait, and no collector could send any for more than ${dropTime(watched)}. ` +
          "Run `npm run status`, which reports the cause. Then correct the pipeline's output.otlp, or " +
          "repair the backend.",
      },
    },
  ];
}

/** Senders push to gateway and agents, and retry. A log agent retries itself, and counts only what it gives up. */
function refusalAlerts({ namespace, collectors }: Watched): AlertRule[] {
  const watched = { namespace, collectors: collectors.filter((one) => !isLogAgent(one)) };
  if (watched.collectors.length === 0) return [];
  const refused = (metric: string, signal: string): string =>
    labelled(growth(select(metric, watched, notCanary)), "signal", signal);
  return [
    {
      alert: "TelemetryDataRefused",
      expr: `sum by (namespace, node, pod, receiver, signal) (${ofAllSignals("otelcol_receiver_refused", refused)}) > 0`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `A collector refuses {{ $labels.signal }}`,
        description:
          `${pod} on node {{ $labels.node }} refused ${amount} {{ $labels.signal }} from {{ $labels.receiver }} in ` +
          `${window}: it is short of memory, or no queue has room. Senders retry for a while. See memory and queues on the ` +
          `dashboard, and raise ${memorySettings(watched)}.`,
      },
    },
  ];
}

function collectorAlerts(watched: Watched): AlertRule[] {
  const each = (expression: (one: WatchedCollector, namespace: string) => string): string =>
    watched.collectors.map((one) => expression(one, one.namespace ?? watched.namespace)).join(" or ");
  return [
    {
      alert: "TelemetryCollectorDown",
      expr: `${select("up", watched)} == 0`,
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "A collector does not answer",
        description:
          `Prometheus cannot scrape ${pod} of {{ $labels.job }} on node {{ $labels.node }}. See ` +
          "`kubectl -n {{ $labels.namespace }} describe pod {{ $labels.pod }}`. If all pods are down at once, Prometheus has " +
          `no access: its pods need the label ${scraperKey}: ${scraperValue}.`,
      },
    },
    {
      alert: "TelemetryCollectorsMissing",
      expr: each(({ name }, namespace) => `absent(up{namespace="${namespace}",job="${name}"})`),
      for: "10m",
      labels: { severity: "critical" },
      annotations: {
        summary: "Prometheus finds no pod of {{ $labels.job }}",
        description:
          "No pod exists, or Prometheus does not discover it. See `kubectl -n {{ $labels.namespace }} get pods -l " +
          "app.kubernetes.io/name={{ $labels.job }}`, and check that Prometheus selects the PodMonitor `telemetry`: it may " +
          "require a label, which telemetry:monitoring.labels adds.",
      },
    },
    {
      alert: "TelemetryCollectorRestarts",
      expr: `resets(${select("otelcol_process_uptime", watched)}[30m]) >= ${restarts}`,
      for: "1m",
      labels: { severity: "warning" },
      annotations: {
        summary: "A collector restarts repeatedly",
        description:
          `${pod} of {{ $labels.job }} on node {{ $labels.node }} restarted ${amount} times within half an hour, and lost ` +
          `the data in its queues${keptQueues(watched)}. See the reason under Last State: \`kubectl -n {{ $labels.namespace }} describe pod ` +
          `{{ $labels.pod }}\`; for OOMKilled, raise ${memorySettings(watched)}.`,
      },
    },
    {
      alert: "TelemetryMemoryNearLimit",
      expr: `(${each(
        ({ name, memoryLimit }, namespace) =>
          `otelcol_process_memory_rss{namespace="${namespace}",job="${name}"} / ${memoryLimit}`,
      )}) > ${nearlyFull}`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "A collector is close to its memory limit",
        description:
          `${pod} of {{ $labels.job }} on node {{ $labels.node }} uses ${share} of its limit. Near the limit it refuses data, ` +
          "and at the limit it is killed. If its queues are full, repair their backends (`npm run status`). Otherwise it has " +
          `more work than other pods: raise ${memorySettings(watched)}.`,
      },
    },
  ];
}

/** A kubelet and the API server always have metrics, so an input without any is broken. */
function agentAlerts({ namespace, collectors }: Watched): AlertRule[] {
  const agents = { namespace, collectors: collectors.filter(({ kind }) => kind === "agent") };
  if (agents.collectors.length === 0) return [];
  const accepted = (receiver: string): string =>
    `rate(${select("otelcol_receiver_accepted_metric_points", agents, `receiver="${receiver}"`)}[${window}])`;
  return [
    {
      alert: "TelemetryInputSilent",
      // Each pod reads one kubelet. Of the two pods for the cluster's state, only one reads, and the other stands by.
      expr:
        `sum by (namespace, job, node, pod, receiver) (${accepted("kubeletstats")}) == 0 or ` +
        `sum by (namespace, job, receiver) (${accepted("k8s_cluster")}) == 0`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: "{{ $labels.receiver }} collects nothing",
        description:
          "{{ $labels.job }}{{ if $labels.node }} on node {{ $labels.node }}{{ end }} gets no metrics through " +
          '{{ $labels.receiver }}. {{ if eq $labels.receiver "kubeletstats" }}Run `npm run status`, which reports the error ' +
          `of the kubelet under ${inputsCondition}. Without an error there, the kubelet does not answer: see its log on the ` +
          "node{{ else }}Read the errors of the API server: `kubectl -n {{ $labels.namespace }} logs -l " +
          "app.kubernetes.io/name={{ $labels.job }}`{{ end }}.",
      },
    },
  ];
}
