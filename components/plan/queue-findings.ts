import { grpcRequestBytes } from "../collector";
import { error, quantityOf, type Finding } from "../schema";
import { queuesOf } from "../sizing";
import type { CollectorPlan } from "./collector-plan";

/**
 * Reports queues whose size does not fit into the user's memory limit, at the pipeline with the largest one. For the
 * agents, which share one setting, the finding is about the agent that requires the most memory.
 */
export function queueFindings(plans: readonly CollectorPlan[]): Finding[] {
  return (["gateway", "agent"] as const).flatMap((kind) => {
    const [plan] = plans
      .filter((one) => one.kind === kind && one.requiredMemory !== undefined)
      .sort((a, b) => (b.requiredMemory ?? 0) - (a.requiredMemory ?? 0));
    return plan?.requiredMemory === undefined ? [] : queueFinding(plan, plan.requiredMemory);
  });
}

function queueFinding({ kind, served }: CollectorPlan, requiredMemory: number): Finding[] {
  const { own, even } = queuesOf(served);
  const [largest] = [...own].sort((a, b) => b.bytes - a.bytes);
  if (largest === undefined) return [];
  const limit = `${kind}.resources.limits.memory`;
  const others = own.length - 1;
  const together =
    others === 0
      ? ""
      : `, together with ${others === 1 ? "that" : "those"} of ${others} other ${others === 1 ? "pipeline" : "pipelines"},`;
  const rest = even === 0 ? "" : `, which must also hold a queue of ${least} for ${counted(even)}`;
  const problem = `is too large${together} for ${limit}${rest}`;
  const remedy = `Write \`${limit}: ${quantityOf(requiredMemory)}\`, or a smaller size`;
  return [error(`${largest.path}.output.otlp.queue.size`, problem, remedy)];
}

/** Size that every queue must have: that of the largest gRPC request. */
const least = quantityOf(grpcRequestBytes);

const counted = (pipelines: number): string =>
  pipelines === 1 ? "1 other pipeline" : `each of ${pipelines} other pipelines`;
