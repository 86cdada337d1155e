import { causeWords, type Cause } from "./failures";
import { judgeInputs, type InputEvidence } from "./input-status";
import { mayRedirectToo } from "./redirects";
import { refusalsMessage, type Refusals } from "./refusals";
import { pipelineId } from "../contract";
import type { CollectorKind, FlowTargets, PipelineTarget } from "./targets";
import type { Trouble, Verdict } from "./verdict";
import type { WorkloadHealth } from "./workload-health";

export type ConditionType =
  "ConfigurationGenerated" | "GatewayHealthy" | "AgentHealthy" | "InputsHealthy" | "TelemetryFlowHealthy";

/** One thing that has to hold for a pipeline, in the form of Kubernetes' conditions. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  /** What, where, and what to do. */
  readonly message: string;
  /** When status or reason became what they are, by RFC 3339. */
  readonly since: string;
}

export interface PipelineStatus {
  /** `metricPipelines/backend`. */
  readonly pipeline: string;
  /** No condition is false; one may be unknown. */
  readonly healthy: boolean;
  readonly conditions: readonly Condition[];
}

export interface Findings {
  readonly workloads: readonly WorkloadHealth[];
  /** By `pipelineId`. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly inputs: InputEvidence;
  /** By `pipelineId`, where collectors refused data. */
  readonly refusals: Readonly<Record<string, Refusals>>;
  /** Warnings about certificates that expire soon, by `pipelineId`. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
}

type Told = Omit<Condition, "since">;

const agentNotRequired: Told = { type: "AgentHealthy", status: "True", reason: "AgentNotRequired", message: "" };

/** The conditions of all pipelines. Those that were the same before keep the time since when they are. */
export function pipelineStatuses(
  { namespace, collectors, pipelines }: FlowTargets,
  { workloads, verdicts, inputs, refusals, certificates }: Findings,
  previous: readonly PipelineStatus[],
  now: Date,
): PipelineStatus[] {
  return pipelines.map((target) => {
    const pipeline = pipelineId(target);
    const old = previous.find((status) => status.pipeline === pipeline)?.conditions ?? [];
    const told: Told[] = [
      configuration(certificates[pipeline] ?? []),
      ...(["gateway", "agent"] as const).flatMap((kind) => {
        const own = collectors.filter((one) => one.kind === kind && target.collectors.includes(one.name));
        if (own.length > 0)
          return [
            workload(
              kind,
              own.map(({ name }) => name),
              workloads,
            ),
          ];
        return kind === "agent" && target.signal === "metrics" ? [agentNotRequired] : [];
      }),
      ...inputsCondition(target, inputs),
      withRefusals(
        flow(target, verdicts[pipeline] ?? { kind: "noEvidence", why: "noPods" }, pipelines),
        refusals[pipeline],
      ),
    ];
    const conditions = told.map((condition) => ({
      ...condition,
      message: condition.message.replaceAll("NAMESPACE", namespace),
      since:
        old.find(
          ({ type, status, reason }) =>
            type === condition.type && status === condition.status && reason === condition.reason,
        )?.since ?? now.toISOString(),
    }));
    return { pipeline, healthy: conditions.every(({ status }) => status !== "False"), conditions };
  });
}

/** An invalid configuration never gets here: an update ends before it changes anything. */
function configuration(certificates: readonly string[]): Told {
  const type = "ConfigurationGenerated";
  return certificates.length > 0
    ? { type, status: "True", reason: "TLSCertificateAboutToExpire", message: certificates.join(" ") }
    : { type, status: "True", reason: "GatewayConfigured", message: "" };
}

/** What is wrong with single targets is their owners' to mend, and no reason to call the pipeline unhealthy. */
function inputsCondition({ inputs }: PipelineTarget, evidence: InputEvidence): Told[] {
  const judgement = inputs && judgeInputs(inputs, evidence);
  return judgement ? [{ type: "InputsHealthy", ...judgement }] : [];
}

const names = { gateway: "Gateway", agent: "Agent" } as const;

/** Of the collectors of a kind that send the pipeline's data, the one that is worst. */
function workload(kind: CollectorKind, own: readonly string[], workloads: readonly WorkloadHealth[]): Told {
  const type: ConditionType = kind === "gateway" ? "GatewayHealthy" : "AgentHealthy";
  const [worst] = workloads
    .filter(({ name }) => own.includes(name))
    .sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  if (worst === undefined) {
    const message = "The cluster did not answer. Check that the kubeconfig names one that does.";
    return { type, status: "Unknown", reason: `${names[kind]}Unreadable`, message };
  }
  switch (worst.state) {
    case "ready":
      return { type, status: "True", reason: `${names[kind]}Ready`, message: worst.message };
    case "rollingOut":
      return { type, status: "False", reason: "RolloutInProgress", message: worst.message };
    case "notReady":
      return { type, status: "False", reason: `${names[kind]}NotReady`, message: worst.message };
  }
}

/** The worst first. */
const states: readonly WorkloadHealth["state"][] = ["notReady", "rollingOut", "ready"];

/** A backend that takes no data is the worse trouble; one that does is of no use to what is refused before. */
function withRefusals(told: Told, refusals: Refusals | undefined): Told {
  if (refusals === undefined) return told;
  const message = `${told.message} ${refusalsMessage(refusals)}`;
  if (told.status === "False" || !refusals.lasting) return { ...told, message };
  return { ...told, status: "False", reason: `${names[refusals.collector.kind]}Throttling`, message };
}

function flow(target: PipelineTarget, verdict: Verdict, pipelines: readonly PipelineTarget[]): Told {
  const type = "TelemetryFlowHealthy";
  switch (verdict.kind) {
    case "delivered":
      return { type, status: "True", reason: "FlowHealthy", message: deliveredMessage(verdict) };
    case "failing":
      return {
        type,
        status: "False",
        reason: failingReason(verdict),
        message: troubleMessage(target, verdict, pipelines),
      };
    case "throttled":
      return {
        type,
        status: "False",
        reason: `${names[verdict.collector]}Throttling`,
        message: troubleMessage(target, verdict, pipelines),
      };
    case "noEvidence":
      return { type, status: "Unknown", ...unknown(target, verdict) };
  }
}

function deliveredMessage({ pods, of }: Extract<Verdict, { kind: "delivered" }>): string {
  if (of === undefined) return `The backend took data from ${pods === 1 ? "1 pod" : `${pods} pods`}.`;
  return (
    `The backend took data from ${pods} of ${of} pods; of the others nothing is known, good or bad. ` +
    "If they are too many to look at in time, raise verification.timeoutSeconds."
  );
}

function failingReason({ collector, extent, losing, queueFull }: Trouble): string {
  const amount = extent === "all" ? "All" : "Some";
  return `${names[collector]}${amount}TelemetryData${losing || queueFull ? "Dropped" : "Delayed"}`;
}

/** What becomes of the data where it is not what usually does. */
const fates: Partial<Readonly<Record<Cause, string>>> = {
  queueTooSmall: "it is lost",
  redirected: "who answers at its end may keep nothing, and the data counts as sent all the same",
};

function troubleMessage(target: PipelineTarget, trouble: Trouble, pipelines: readonly PipelineTarget[]): string {
  const { path, backend } = target;
  const { extent, failure, losing, queueFull, pods, collector } = trouble;
  const { what, remedy } = causeWords[failure.cause];
  const status = failure.status === undefined ? "" : ` (HTTP status ${failure.status})`;
  const where = pods.length === 1 ? `pod ${pods[0]}` : `${pods.length} pods`;
  const verb = extent === "all" ? "takes no data" : "does not take all data";
  const fate =
    fates[failure.cause] ??
    (losing ? "data is lost already" : "it is kept and sent again for 5 minutes, then lost") +
      (queueFull ? "; the queue is full and takes no new data" : "");
  const others = failure.cause === "redirected" ? mayRedirectToo(target, pipelines) : [];
  const sharing =
    others.length === 0
      ? ""
      : ` It may be about only some of this pipeline and ${others.map(pipelineId).join(", ")}: ` +
        "the collector does not tell apart what goes to the same host and port.";
  return (
    `The backend${backend === undefined ? "" : ` ${backend}`} ${verb} from ${where}: ` +
    `${what}${status}; ${fate}. ` +
    `${remedy.replaceAll("PATH", `${path}.output.otlp`).replaceAll("COLLECTOR", collector)}.${sharing}`
  );
}

function unknown(
  { path, canary }: PipelineTarget,
  verdict: Extract<Verdict, { kind: "noEvidence" }>,
): Pick<Told, "reason" | "message"> {
  switch (verdict.why) {
    case "noPods":
      return { reason: "GatewayProbingFailed", message: "No pod that sends its data is ready." };
    case "unreadable":
      return {
        reason: "GatewayProbingFailed",
        message:
          "No pod's metrics could be read. You need the rights to create pods/portforward and to get pods/log in the namespace NAMESPACE.",
      };
    case "noTraffic":
      return {
        reason: "NoEvidence",
        message: canary
          ? "Nothing was sent in the time of the check, not even its canaries. See the collectors' logs."
          : `Nothing was sent in the time of the check. Send something, or turn ${path}.canary on.`,
      };
    case "rejectionsHidden":
      return {
        reason: "NoEvidence",
        message:
          "The backend gave good answers, but may reject data in them: the collector only warns of that in its log, and " +
          `${verdict.collector}.logLevel is error, which hides it. Set it to warn, or to info for the causes of failures.`,
      };
  }
}
