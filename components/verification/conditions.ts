import { condition, type Condition, type Judged } from "./condition";
import { dataCondition } from "./data-condition";
import type { PodData } from "./data-evidence";
import { flowCondition } from "./flow-condition";
import type { InputEvidence } from "./input-evidence";
import { judgeInputs } from "./input-status";
import { joinInputs, judgePushed } from "./pushed-input";
import type { Refusals } from "./refusals";
import { pipelineId } from "../contract";
import type { CollectorKind, CollectorTarget, FlowTargets, PipelineTarget } from "./targets";
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
      ...joinInputs(inputsOf(target, inputs), judgePushed(target, targets, data)),
      ...dataCondition(target, data),
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
function inputsOf({ inputs }: PipelineTarget, evidence: InputEvidence): Judged | undefined {
  return inputs && judgeInputs(inputs, evidence);
}

function workloadConditions(
  target: PipelineTarget,
  collectors: readonly CollectorTarget[],
  workloads: readonly WorkloadHealth[],
  unread: string,
): Judged[] {
  return (["gateway", "agent"] as const).flatMap((kind) => {
    const own = collectors.filter((one) => one.kind === kind && target.collectors.includes(one.name));
    if (own.length > 0) return [workloadCondition(kind, worst(own, workloads), unread)];
    return kind === "agent" && target.signal === "metrics" ? [condition("AgentHealthy", "AgentNotRequired", "")] : [];
  });
}

/** The worst first. */
const states: readonly WorkloadHealth["state"][] = ["notReady", "rollingOut", "ready"];

function worst(own: readonly CollectorTarget[], workloads: readonly WorkloadHealth[]): WorkloadHealth | undefined {
  const names = own.map(({ name }) => name);
  return workloads
    .filter(({ name }) => names.includes(name))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))[0];
}

const gatewayReasons = { ready: "GatewayReady", rollingOut: "RolloutInProgress", notReady: "GatewayNotReady" } as const;
const agentReasons = { ready: "AgentReady", rollingOut: "RolloutInProgress", notReady: "AgentNotReady" } as const;

function workloadCondition(kind: CollectorKind, health: WorkloadHealth | undefined, unread: string): Judged {
  const message = health?.message ?? unread;
  return kind === "gateway"
    ? condition("GatewayHealthy", health ? gatewayReasons[health.state] : "GatewayUnreadable", message)
    : condition("AgentHealthy", health ? agentReasons[health.state] : "AgentUnreadable", message);
}
