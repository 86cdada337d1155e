import type { CollectorKind } from "../contract";
import { condition, type Condition, type Judged, type ReasonOf } from "./condition";
import { noInputEnabled } from "./data-words";
import { delivered, noPodReady, nothingSent, podsUnreadable, refused, rejectionsHidden, trouble } from "./flow-words";
import { mayRedirectToo } from "./redirects";
import type { Refusals } from "./refusals";
import { clusterThrottled } from "./workload-words";
import { namespaceOf, retriesOf, type CollectorTarget, type FlowTargets, type PipelineTarget } from "./targets";
import type { Trouble, Verdict } from "./verdict";

interface CollectorReasons {
  readonly throttling: ReasonOf<"TelemetryFlowHealthy", "False">;
  readonly probingFailed: ReasonOf<"TelemetryFlowHealthy", "Unknown">;
  readonly all: LossReasons;
  readonly some: LossReasons;
}

interface LossReasons {
  readonly dropped: ReasonOf<"TelemetryFlowHealthy", "False">;
  readonly delayed: ReasonOf<"TelemetryFlowHealthy", "False">;
}

const ofAgents: CollectorReasons = {
  throttling: "AgentThrottling",
  probingFailed: "AgentProbingFailed",
  all: { dropped: "AgentAllTelemetryDataDropped", delayed: "AgentAllTelemetryDataDelayed" },
  some: { dropped: "AgentSomeTelemetryDataDropped", delayed: "AgentSomeTelemetryDataDelayed" },
};

const reasonsBy: Readonly<Record<CollectorKind, CollectorReasons>> = {
  gateway: {
    throttling: "GatewayThrottling",
    probingFailed: "GatewayProbingFailed",
    all: { dropped: "GatewayAllTelemetryDataDropped", delayed: "GatewayAllTelemetryDataDelayed" },
    some: { dropped: "GatewaySomeTelemetryDataDropped", delayed: "GatewaySomeTelemetryDataDelayed" },
  },
  agent: ofAgents,
  "log-agent": ofAgents,
};

/** Whether the pipeline's backend accepts its data. */
export function flowCondition(
  target: PipelineTarget,
  targets: FlowTargets,
  verdict: Verdict,
  refusals: Refusals | undefined,
  before: Before,
): Judged {
  return withRefusals(fromVerdict(target, targets, verdict, before), refusals);
}

/** Findings of the last check. */
export interface Before {
  readonly conditions: readonly Condition[];
  readonly now: Date;
}

/**
 * Returns the start of a failure that has lasted for longer than the retry budget, so data is lost although this check saw no
 * drop. Only a failure of all data counts: the retries of a backend that fails at times succeed.
 */
function overdueSince(
  target: PipelineTarget,
  { extent, losing, collector }: Trouble,
  { conditions, now }: Before,
): string | undefined {
  const before = conditions.find(({ type }) => type === "TelemetryFlowHealthy");
  // The log agent never gives up.
  if (collector === "log-agent" || extent !== "all" || losing || before?.status !== "False") return undefined;
  const { all, throttling } = reasonsBy[collector];
  // Data was lost then, and nothing has been delivered since.
  if (before.reason === all.dropped) return before.since;
  const isSame = before.reason === all.delayed || before.reason === throttling;
  return isSame && now.getTime() - Date.parse(before.since) > retriesOf(target) * 1000 ? before.since : undefined;
}

/**
 * A failing backend is the worse trouble, so its reason stays. A backend that works does not help data that the
 * collector refuses before.
 */
function withRefusals(judged: Judged, refusals: Refusals | undefined): Judged {
  if (refusals === undefined) return judged;
  const message = `${judged.message} ${refused(refusals)}`;
  if (judged.status === "False" || !refusals.lasting) return { ...judged, message };
  return condition("TelemetryFlowHealthy", reasonsBy[refusals.collector.kind].throttling, message);
}

function fromVerdict(target: PipelineTarget, targets: FlowTargets, verdict: Verdict, before: Before): Judged {
  const type = "TelemetryFlowHealthy";
  switch (verdict.kind) {
    case "delivered":
      return condition(type, "FlowHealthy", delivered(verdict));
    case "failing":
    case "throttled": {
      const overdue = overdueSince(target, verdict, before);
      const message = troubleMessage(target, targets, verdict, overdue);
      const { throttling } = reasonsBy[verdict.collector];
      return condition(type, verdict.kind === "throttled" ? throttling : failingReason(verdict, overdue), message);
    }
    case "noEvidence":
      return withoutEvidence(target, targets, verdict);
  }
}

function failingReason(
  { collector, extent, losing, queueFull }: Trouble,
  overdue: string | undefined,
): ReasonOf<"TelemetryFlowHealthy", "False"> {
  return reasonsBy[collector][extent][losing || queueFull || overdue !== undefined ? "dropped" : "delayed"];
}

function troubleMessage(
  target: PipelineTarget,
  { pipelines }: FlowTargets,
  found: Trouble,
  overdue: string | undefined,
): string {
  const others = found.failure.cause === "redirected" ? mayRedirectToo(target, pipelines) : [];
  return trouble(target, found, { others, overdue });
}

function withoutEvidence(
  target: PipelineTarget,
  targets: FlowTargets,
  verdict: Extract<Verdict, { kind: "noEvidence" }>,
): Judged {
  const type = "TelemetryFlowHealthy";
  const { collectors } = targets;
  switch (verdict.why) {
    case "noPods":
      if (target.collectors.length === 0) return condition(type, "NoEvidence", noInputEnabled(target));
      return condition(type, reasonsBy[senderOf(target, collectors)].probingFailed, noPodReady);
    case "throttled":
      return condition(type, reasonsBy[senderOf(target, collectors)].probingFailed, clusterThrottled);
    case "unreadable":
      return condition(
        type,
        reasonsBy[senderOf(target, collectors)].probingFailed,
        podsUnreadable(namespacesOf(target, targets)),
      );
    case "noTraffic":
      return condition(type, "NoEvidence", nothingSent(target));
    case "rejectionsHidden":
      return condition(type, "NoEvidence", rejectionsHidden(verdict.collector));
  }
}

/** The kind of collector that sends the pipeline's data; the gateway where both kinds do. */
function senderOf(target: PipelineTarget, collectors: readonly CollectorTarget[]): CollectorKind {
  const own = collectors.filter(({ name }) => target.collectors.includes(name));
  const [first] = own;
  return first !== undefined && own.every(({ kind }) => kind === first.kind) ? first.kind : "gateway";
}

/** Returns the namespaces of the collectors that send the pipeline's data. */
function namespacesOf(target: PipelineTarget, targets: FlowTargets): string[] {
  const own = targets.collectors.filter(({ name }) => target.collectors.includes(name));
  return [...new Set(own.map((collector) => namespaceOf(targets, collector)))].sort();
}
