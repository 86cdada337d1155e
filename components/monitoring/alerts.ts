import { selfMetricsLabel } from "../workloads/network-policies";
import { growth, labelled, ofAllSignals, select, window, type Watched } from "./promql";

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  /** `critical`: data is lost, or will be within minutes. `warning`: look at it within the day. */
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Template of a pipeline's name in the configuration, from the id of the exporter in the labels of an alert. */
const pipeline = '{{ reReplaceAll "^[^/]*/(metric|trace|log)s-" "${1}Pipelines/" $labels.exporter }}';
const amount = "{{ $value | humanize }}";
const share = "{{ $value | humanizePercentage }}";
const pod = "pod {{ $labels.pod }}";

/** Share of a queue, and of a pod's memory, that counts as nearly full. */
const nearlyFull = 0.8;
/** Restarts of one container within half an hour that are not a coincidence. */
const restarts = 2;

const [[scraperKey, scraperValue] = ["", ""]] = Object.entries(selfMetricsLabel);

/** Returns all alerts about these collectors. Each `sum by` keeps the labels that the texts of the alert name. */
export function alertRules(watched: Watched): AlertRule[] {
  return [...flowAlerts(watched), ...collectorAlerts(watched), ...agentAlerts(watched)];
}

function flowAlerts(watched: Watched): AlertRule[] {
  const grown = (metric: string): string => growth(select(metric, watched));
  const rate = (metric: string): string => `rate(${select(metric, watched)}[5m])`;
  const queued = select("otelcol_exporter_queue_size", watched);
  const capacity = select("otelcol_exporter_queue_capacity", watched);
  const refused = (metric: string, signal: string): string =>
    labelled(growth(select(metric, watched, 'receiver!="otlp/canary"')), "signal", signal);
  return [
    {
      alert: "TelemetryDataLost",
      expr: `sum by (namespace, exporter) (${ofAllSignals("otelcol_exporter_send_failed", grown)}) > 0`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${pipeline} loses data`,
        description:
          `${amount} items of ${pipeline} were given up in ${window}: the backend answered with an error, or took nothing for ` +
          "five minutes. Run `npm run status`, which tells the backend's answer, or read the collectors' logs; then mend the " +
          "address, the credentials or the certificate under the pipeline's output.otlp, or the backend.",
      },
    },
    {
      alert: "TelemetryQueueOverflow",
      expr: `sum by (namespace, exporter) (${ofAllSignals("otelcol_exporter_enqueue_failed", grown)}) > 0`,
      for: "1m",
      labels: { severity: "critical" },
      annotations: {
        summary: `${pipeline} gets more data than its backend takes`,
        description:
          `The queue of ${pipeline} had no room for ${amount} items in ${window}. See why the backend takes too little ` +
          "(`npm run status`), send less to it with filters, or give the collectors more memory, from which queues are " +
          "sized: telemetry:gateway or telemetry:agent, resources.limits.memory.",
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
          `In ${pod} on node {{ $labels.node }}, data of ${pipeline} comes faster than its backend takes it, and is lost ` +
          "when the queue is full. See how the backend is (`npm run status`) and whether this node sends unusually much.",
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
        summary: `The backend of ${pipeline} takes nothing`,
        description:
          `${amount} bytes of ${pipeline} wait, and no collector could send any for more than five minutes, after which ` +
          "data is given up. Run `npm run status`, which tells why; then mend the backend or the pipeline's output.otlp.",
      },
    },
    {
      alert: "TelemetryDataRefused",
      expr: `sum by (namespace, node, pod, receiver, signal) (${ofAllSignals("otelcol_receiver_refused", refused)}) > 0`,
      for: "5m",
      labels: { severity: "warning" },
      annotations: {
        summary: `A collector refuses {{ $labels.signal }}`,
        description:
          `${pod} on node {{ $labels.node }} did not take ${amount} {{ $labels.signal }} from {{ $labels.receiver }} in ` +
          `${window}: it is short of memory, or no queue has room. Senders try again for a while. See the memory and the ` +
          "queues on the dashboard, and raise resources.limits.memory in telemetry:gateway or telemetry:agent.",
      },
    },
  ];
}

function collectorAlerts(watched: Watched): AlertRule[] {
  const { namespace, collectors } = watched;
  const each = (expression: (name: string, limit: number) => string): string =>
    collectors.map(({ name, memoryLimit }) => expression(name, memoryLimit)).join(" or ");
  return [
    {
      alert: "TelemetryCollectorDown",
      expr: `${select("up", watched)} == 0`,
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "A collector does not answer",
        description:
          `${pod} of {{ $labels.job }} on node {{ $labels.node }} can't be asked for its metrics. See ` +
          "`kubectl -n {{ $labels.namespace }} describe pod {{ $labels.pod }}`. If all of them are down at once, it is " +
          `Prometheus that may not ask: its pods need the label ${scraperKey}: ${scraperValue}.`,
      },
    },
    {
      alert: "TelemetryCollectorsMissing",
      expr: each((name) => `absent(up{namespace="${namespace}",job="${name}"})`),
      for: "10m",
      labels: { severity: "critical" },
      annotations: {
        summary: "Prometheus knows no pod of {{ $labels.job }}",
        description:
          "There is none, or Prometheus does not look for them. See `kubectl -n {{ $labels.namespace }} get pods -l " +
          "app.kubernetes.io/name={{ $labels.job }}`, and whether Prometheus picks the PodMonitor `telemetry`: it may want " +
          "a label, which telemetry:monitoring.labels adds.",
      },
    },
    {
      alert: "TelemetryCollectorRestarts",
      expr: `resets(${select("otelcol_process_uptime", watched)}[30m]) >= ${restarts}`,
      for: "1m",
      labels: { severity: "warning" },
      annotations: {
        summary: "A collector starts anew again and again",
        description:
          `${pod} of {{ $labels.job }} on node {{ $labels.node }} did so ${amount} times within half an hour, and lost what ` +
          "was in its queues. See the reason under Last State: `kubectl -n {{ $labels.namespace }} describe pod " +
          "{{ $labels.pod }}`; for OOMKilled, raise resources.limits.memory in telemetry:gateway or telemetry:agent.",
      },
    },
    {
      alert: "TelemetryMemoryNearLimit",
      expr: `(${each(
        (name, limit) => `otelcol_process_memory_rss{namespace="${namespace}",job="${name}"} / ${limit}`,
      )}) > ${nearlyFull}`,
      for: "10m",
      labels: { severity: "warning" },
      annotations: {
        summary: "A collector has little memory left",
        description:
          `${pod} of {{ $labels.job }} on node {{ $labels.node }} uses ${share} of its limit; soon it refuses data, then it ` +
          "is ended. If its queues are full, mend their backends (`npm run status`); else it has more to do than others: " +
          "raise resources.limits.memory in telemetry:gateway or telemetry:agent.",
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
        summary: "{{ $labels.receiver }} collects nothing any more",
        description:
          "{{ $labels.job }}{{ if $labels.node }} on node {{ $labels.node }}{{ end }} gets no metrics from what " +
          '{{ $labels.receiver }} asks. {{ if eq $labels.receiver "kubeletstats" }}Run `npm run status`, which tells what the ' +
          "kubelet answered under InputsHealthy; if nothing is wrong there, the kubelet gives no answer at all: see its log " +
          "on the node{{ else }}See what the API server answers it: `kubectl -n {{ $labels.namespace }} logs -l " +
          "app.kubernetes.io/name={{ $labels.job }}`{{ end }}.",
      },
    },
  ];
}
