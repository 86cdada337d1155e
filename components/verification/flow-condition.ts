import { condition, type Judged, type ReasonOf } from "./condition";
import { noInputEnabled } from "./data-words";
import { delivered, noPodReady, nothingSent, podsUnreadable, refused, rejectionsHidden, trouble } from "./flow-words";
import { mayRedirectToo } from "./redirects";
import type { Refusals } from "./refusals";
import type { CollectorKind, CollectorTarget, FlowTargets, PipelineTarget } from "./targets";
import type { Trouble, Verdict } from "./verdict";

interface FlowReasons {
  readonly throttling: ReasonOf<"TelemetryFlowHealthy", "False">;
  readonly probingFailed: ReasonOf<"TelemetryFlowHealthy", "Unknown">;
  readonly all: DataReasons;
  readonly some: DataReasons;
}

interface DataReasons {
  readonly dropped: ReasonOf<"TelemetryFlowHealthy", "False">;
  readonly delayed: ReasonOf<"TelemetryFlowHealthy", "False">;
}

const reasonsBy: Readonly<Record<CollectorKind, FlowReasons>> = {
  gateway: {
    throttling: "GatewayThrottling",
    probingFailed: "GatewayProbingFailed",
    all: { dropped: "GatewayAllTelemetryDataDropped", delayed: "GatewayAllTelemetryDataDelayed" },
    some: { dropped: "GatewaySomeTelemetryDataDropped", delayed: "GatewaySomeTelemetryDataDelayed" },
  },
  agent: {
    throttling: "AgentThrottling",
    probingFailed: "AgentProbingFailed",
    all: { dropped: "AgentAllTelemetryDataDropped", delayed: "AgentAllTelemetryDataDelayed" },
    some: { dropped: "AgentSomeTelemetryDataDropped", delayed: "AgentSomeTelemetryDataDelayed" },
  },
};

/** Whether the pipeline's backend accepts its data. */
export function flowCondition(
  target: PipelineTarget,
  targets: FlowTargets,
  verdict: Verdict,
  refusals: Refusals | undefined,
): Judged {
  return withRefusals(fromVerdict(target, targets, verdict), refusals);
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

function fromVerdict(target: PipelineTarget, targets: FlowTargets, verdict: Verdict): Judged {
  const type = "TelemetryFlowHealthy";
  switch (verdict.kind) {
    case "delivered":
      return condition(type, "FlowHealthy", delivered(verdict));
    case "failing":
      return condition(type, failingReason(verdict), troubleMessage(target, targets, verdict));
    case "throttled":
      return condition(type, reasonsBy[verdict.collector].throttling, troubleMessage(target, targets, verdict));
    case "noEvidence":
      return withoutEvidence(target, targets, verdict);
  }
}

function failingReason({ collector, extent, losing, queueFull }: Trouble): ReasonOf<"TelemetryFlowHealthy", "False"> {
  return reasonsBy[collector][extent][losing || queueFull ? "dropped" : "delayed"];
}

function troubleMessage(target: PipelineTarget, { pipelines }: FlowTargets, found: Trouble): string {
  const others = found.failure.cause === "redirected" ? mayRedirectToo(target, pipelines) : [];
  return trouble(target, found, others);
}

function withoutEvidence(
  target: PipelineTarget,
  { namespace, collectors }: FlowTargets,
  verdict: Extract<Verdict, { kind: "noEvidence" }>,
): Judged {
  const type = "TelemetryFlowHealthy";
  switch (verdict.why) {
    case "noPods":
      if (target.collectors.length === 0) return condition(type, "NoEvidence", noInputEnabled(target));
      return condition(type, reasonsBy[senderOf(target, collectors)].probingFailed, noPodReady);
    case "unreadable":
      return condition(type, reasonsBy[senderOf(target, collectors)].probingFailed, podsUnreadable(namespace));
    case "noTraffic":
      return condition(type, "NoEvidence", nothingSent(target));
    case "rejectionsHidden":
      return condition(type, "NoEvidence", rejectionsHidden(verdict.collector));
  }
}

/** The kind of collector that sends the pipeline's data; the gateway where both kinds do. */
function senderOf(target: PipelineTarget, collectors: readonly CollectorTarget[]): CollectorKind {
  const own = collectors.filter(({ name }) => target.collectors.includes(name));
  return own.length > 0 && own.every(({ kind }) => kind === "agent") ? "agent" : "gateway";
}
