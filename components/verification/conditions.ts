import { condition, type Condition, type Judged } from "./condition";
import { dataCondition } from "./data-condition";
import type { PodData } from "./data-evidence";
import { flowCondition } from "./flow-condition";
import type { InputEvidence } from "./input-evidence";
import { judgeContainerLogs } from "./container-logs-input";
import { judgeInputs } from "./input-status";
import type { WantedMonitors } from "./monitored-inputs";
import { joinInputs, judgePushed } from "./pushed-input";
import type { Refusals } from "./refusals";
import { pipelineId } from "../contract";
import type { CollectorTarget, FlowTargets, PipelineTarget } from "./targets";
import type { Verdict } from "./verdict";
import type { WorkloadHealth } from "./workload-health";
import { clusterSilent, clusterThrottled } from "./workload-words";

export interface PipelineStatus {
  /** `metricPipelines/backend`. */
  readonly pipeline: string;
  /** No condition is False; one may be Unknown. */
  readonly healthy: boolean;
  readonly conditions: readonly Condition[];
}

export interface Findings {
  readonly workloads: readonly WorkloadHealth[];
  /** The API server rejected the requests as too many, so nothing else is known. */
  readonly throttled?: boolean;
  /** By `pipelineId`. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly inputs: InputEvidence;
  /** Counters about the data of each pod that was read. */
  readonly data: readonly PodData[];
  /** By `pipelineId`, where collectors refused data. */
  readonly refusals: Readonly<Record<string, Refusals>>;
  /** Warnings about certificates that expire soon, by `pipelineId`. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
}

/** The conditions of all pipelines. A condition whose status and reason stay the same keeps its `since`. */
export function pipelineStatuses(
  targets: FlowTargets,
  { workloads, throttled = false, verdicts, inputs, data, refusals, certificates }: Findings,
  previous: readonly PipelineStatus[],
  now: Date,
): PipelineStatus[] {
  const unread: Verdict = { kind: "noEvidence", why: throttled ? "throttled" : "noPods" };
  return targets.pipelines.map((target) => {
    const pipeline = pipelineId(target);
    const old = previous.find((status) => status.pipeline === pipeline)?.conditions ?? [];
    const judged: Judged[] = [
      configuration(certificates[pipeline] ?? []),
      ...workloadConditions(target, targets.collectors, workloads, throttled ? clusterThrottled : clusterSilent),
      ...joinInputs(inputsOf(target, inputs, data), judgePushed(target, targets, data)),
      ...dataCondition(target, targets, data),
      flowCondition(target, targets, verdicts[pipeline] ?? unread, refusals[pipeline], {
        conditions: old,
        now,
      }),
    ];
    const conditions = judged.map((one): Condition => ({
      ...one,
      since: unchangedSince(one, old) ?? now.toISOString(),
    }));
    return { pipeline, healthy: conditions.every(({ status }) => status !== "False"), conditions };
  });
}

function unchangedSince({ type, status, reason }: Judged, old: readonly Condition[]): string | undefined {
  return old.find((one) => one.type === type && one.status === status && one.reason === reason)?.since;
}

/** An invalid configuration never gets here, because an update with one fails before it changes anything. */
function configuration(certificates: readonly string[]): Judged {
  return certificates.length > 0
    ? condition("ConfigurationGenerated", "TLSCertificateAboutToExpire", certificates.join(" "))
    : condition("ConfigurationGenerated", "GatewayConfigured", "");
}

/** Owners of single targets correct them; a pipeline is unhealthy only when it can collect nothing. */
function inputsOf(target: PipelineTarget, evidence: InputEvidence, data: readonly PodData[]): Judged | undefined {
  const [containerLogs] = judgeContainerLogs(target, data, evidence.containerLogs);
  return containerLogs ?? (target.inputs && judgeInputs(target.inputs, evidence, monitorsOf(target)));
}

const monitorsOf = ({ monitors = [], monitorProblems = [] }: PipelineTarget): WantedMonitors => ({
  targets: monitors,
  problems: monitorProblems,
});

function workloadConditions(
  target: PipelineTarget,
  collectors: readonly CollectorTarget[],
  workloads: readonly WorkloadHealth[],
  unread: string,
): Judged[] {
  const served = collectors.filter(({ name }) => target.collectors.includes(name));
  const gateways = served.filter(({ kind }) => kind === "gateway");
  const agents = served.filter(({ kind }) => kind !== "gateway");
  return [
    ...(gateways.length > 0 ? [gatewayCondition(worst(gateways, workloads), unread)] : []),
    ...(agents.length > 0 ? [agentCondition(worst(agents, workloads), unread)] : []),
    ...(agents.length === 0 && target.signal === "metrics" ? [condition("AgentHealthy", "AgentNotRequired", "")] : []),
  ];
}

/** The worst first. */
const states: readonly WorkloadHealth["state"][] = ["notReady", "rollingOut", "withoutLost", "ready"];

function worst(own: readonly CollectorTarget[], workloads: readonly WorkloadHealth[]): WorkloadHealth | undefined {
  const names = own.map(({ name }) => name);
  return workloads
    .filter(({ name }) => names.includes(name))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))[0];
}

const common = { withoutLost: "SomeNodesNotReady", rollingOut: "RolloutInProgress" } as const;
const gatewayReasons = { ready: "GatewayReady", notReady: "GatewayNotReady", ...common } as const;
const agentReasons = { ready: "AgentReady", notReady: "AgentNotReady", ...common } as const;

function gatewayCondition(health: WorkloadHealth | undefined, unread: string): Judged {
  const reason = health ? gatewayReasons[health.state] : "GatewayUnreadable";
  return condition("GatewayHealthy", reason, health?.message ?? unread);
}

function agentCondition(health: WorkloadHealth | undefined, unread: string): Judged {
  const reason = health ? agentReasons[health.state] : "AgentUnreadable";
  return condition("AgentHealthy", reason, health?.message ?? unread);
}
