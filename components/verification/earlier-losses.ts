import type { Cause } from "./cause-words";
import { readFailures } from "./classify";
import type { Cluster } from "./cluster";
import { namespaceOf, retriesOf, type FlowTargets, type PipelineTarget } from "./targets";
import type { Verdict } from "./verdict";

/** Most pods whose logs are read for one pipeline. */
const mostPods = 3;

/** Causes for which a queue does not accept data, which have their own sentences. */
const notQueued: readonly Cause[] = ["queueFull", "disk"];

/**
 * Adds losses from before the check to a verdict. A check is shorter than the retry budget, so it can miss every drop of a
 * backend that has been silent for long. The log of one retry budget has them, unless nothing but canaries was sent.
 */
export async function withEarlierLosses(
  cluster: Pick<Cluster, "log">,
  targets: Pick<FlowTargets, "namespace" | "collectors">,
  target: Pick<PipelineTarget, "exporter" | "retrySeconds">,
  verdict: Verdict,
): Promise<Verdict> {
  if ((verdict.kind !== "failing" && verdict.kind !== "throttled") || verdict.losing) return verdict;
  const collector = targets.collectors.find(({ kind }) => kind === verdict.collector);
  const namespace = namespaceOf(targets, collector);
  const logs = await Promise.all(
    verdict.pods.slice(0, mostPods).map((pod) => cluster.log(namespace, pod, retriesOf(target)).catch(() => "")),
  );
  const losing = logs
    .flatMap(readFailures)
    .some(
      (one) =>
        one.exporter === target.exporter && one.dropped && !notQueued.includes(one.cause) && one.rejected === undefined,
    );
  return losing ? { ...verdict, losing } : verdict;
}
