import { amount, pod, type AlertRule } from "./alert-rule";
import { growth, labelled, notCanary, select, window, type Watched } from "./promql";
import { isLogAgent } from "./setting-words";

/** All receivers of a log agent but that of canaries read files. */
const ofFiles = notCanary;

/** Returns the alerts about log agents; nothing without one. */
export function logAgentAlerts({ namespace, collectors }: Watched): AlertRule[] {
  const agents = { namespace, collectors: collectors.filter(isLogAgent) };
  if (agents.collectors.length === 0) return [];
  return [stuck(agents), behind(agents), dropping(agents)];
}

const logOf = "`kubectl -n {{ $labels.namespace }} logs {{ $labels.pod }}`";

/** The lines that each pod reads in a second. */
const reading = (agents: Watched): string =>
  `sum by (namespace, node, pod) (rate(${select("otelcol_receiver_accepted_log_records", agents, ofFiles)}[${window}]))`;

/**
 * The files that each pod has been in the middle of for the whole window. A receiver that cannot hand over its lines, or
 * that reads more slowly than containers write, stays in the middle of a file. All others have 0 between two looks.
 */
const unfinished = (agents: Watched): string =>
  `sum by (namespace, node, pod) (min_over_time(${select("otelcol_fileconsumer_reading_files", agents)}[${window}])) > 0`;

function stuck(agents: Watched): AlertRule {
  return {
    alert: "TelemetryContainerLogsStuck",
    expr: `${unfinished(agents)} unless ${reading(agents)} > 0`,
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

function behind(agents: Watched): AlertRule {
  return {
    alert: "TelemetryContainerLogsBehind",
    expr: `${unfinished(agents)} and ${reading(agents)} > 0`,
    for: "5m",
    labels: { severity: "warning" },
    annotations: {
      summary: "A log agent reads lines more slowly than containers write them",
      description:
        `${pod} on node {{ $labels.node }} has been in the middle of ${amount} files of containers for ${window}, although it ` +
        "reads lines. Lines are late, and are lost when the kubelet compresses the files unread. Run `npm run status`: its " +
        "column INPUTS names the containers. Let them write less, or exclude them in input.runtime.containers.",
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
