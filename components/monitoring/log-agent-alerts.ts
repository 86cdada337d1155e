import { amount, pod, type AlertRule } from "./alert-rule";
import { growth, labelled, notCanary, select, window, type Watched } from "./promql";
import { isLogAgent } from "./setting-words";

/** All receivers of a log agent but that of canaries read files. */
const ofFiles = notCanary;

/** Returns the alerts about log agents; nothing without one. */
export function logAgentAlerts({ namespace, collectors }: Watched): AlertRule[] {
  const agents = { namespace, collectors: collectors.filter(isLogAgent) };
  if (agents.collectors.length === 0) return [];
  return [stuck(agents), dropping(agents)];
}

const logOf = "`kubectl -n {{ $labels.namespace }} logs {{ $labels.pod }}`";

/**
 * A receiver that cannot hand over its lines stays in the middle of a file, so the number of files that are being read never
 * becomes 0. A collector without new lines has 0 between two looks.
 */
function stuck(agents: Watched): AlertRule {
  const read = `rate(${select("otelcol_receiver_accepted_log_records", agents, ofFiles)}[${window}])`;
  const reading = select("otelcol_fileconsumer_reading_files", agents);
  return {
    alert: "TelemetryContainerLogsStuck",
    expr:
      `sum by (namespace, node, pod) (min_over_time(${reading}[${window}])) > 0 ` +
      `unless sum by (namespace, node, pod) (${read}) > 0`,
    for: "5m",
    labels: { severity: "critical" },
    annotations: {
      summary: "A log agent reads no lines, although files have some",
      description:
        `${pod} on node {{ $labels.node }} has been in the middle of ${amount} files of containers for ${window}, and has read ` +
        "no line. Lines are lost when the kubelet compresses or deletes the files. Either a queue is full because its backend " +
        `accepts too little, which \`npm run status\` reports, or memory or the node's disk is short: see ${logOf}, free the disk, or ` +
        "raise resources.limits.memory in telemetry:logAgent.",
    },
  };
}

/** A log agent retries, so it counts only lines that it gives up. */
function dropping(agents: Watched): AlertRule {
  const lost = (outcome: string): string =>
    labelled(growth(select(`otelcol_receiver_${outcome}_log_records`, agents, ofFiles)), "outcome", outcome);
  return {
    alert: "TelemetryContainerLogsDropped",
    expr: `sum by (namespace, node, pod, receiver) (${lost("refused")} or ${lost("failed")}) > 0`,
    for: "1m",
    labels: { severity: "critical" },
    annotations: {
      summary: "A log agent drops lines of containers",
      description:
        `${pod} on node {{ $labels.node }} dropped ${amount} lines of {{ $labels.receiver }} in ${window}, because of an error ` +
        `that a retry does not repair. The error is in its log: see ${logOf}.`,
    },
  };
}
