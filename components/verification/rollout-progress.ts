import type { DaemonNodes } from "./daemon-nodes";
import { isSettled, type WorkloadHealth, type WorkloadState } from "./workload-health";

/** A rollout at one moment. */
export interface RolloutLook {
  readonly health: WorkloadHealth;
  readonly workload: WorkloadState | undefined;
  readonly nodes?: DaemonNodes;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** The results of earlier looks. */
export interface RolloutMemory {
  /** Nodes that have been done at some time, some of which may be gone by now. */
  readonly done: ReadonlySet<string>;
  readonly progressAt: number;
  /** Whether only nodes that are not ready hold up the others, by the last look. */
  readonly isHeldUp: boolean;
}

export type RolloutStep =
  | { readonly kind: "done" }
  | { readonly kind: "failed" }
  | {
      readonly kind: "wait";
      readonly memory: RolloutMemory;
      /** Nodes whose pods to delete, because the controller waits for nodes that are not ready. */
      readonly replace: readonly string[];
    };

/** Seconds without progress after which a pod with a problem fails the rollout: a few restarts, or attempts to pull. */
const problemSeconds = 120;
/** Seconds without progress after which the rollout fails although no pod has a problem. */
const stallSeconds = 300;

/** Decides how a rollout goes on after a look. */
export function nextStep({ health, workload, nodes, at }: RolloutLook, before?: RolloutMemory): RolloutStep {
  if (isSettled(health) || hasNoNode(workload)) return { kind: "done" };
  // A pod that becomes ready again and again between its crashes counts once, and a node that was removed still counts.
  const done = new Set([...(before?.done ?? []), ...(nodes?.rolled ?? numbered(workload))]);
  const isProgress = before === undefined || done.size > before.done.size;
  const progressAt = isProgress ? at : before.progressAt;
  const patience = health.state === "notReady" ? problemSeconds : stallSeconds;
  if (at - progressAt > patience * 1000) return { kind: "failed" };
  const isHeldUp = nodes !== undefined && holdsUp(workload, nodes);
  // Seen twice, because the controller may be about to go on.
  const replace = isHeldUp && before?.isHeldUp ? nodes.old.slice(0, unavailable(workload, nodes)) : [];
  return { kind: "wait", memory: { done, progressAt, isHeldUp: isHeldUp && replace.length === 0 }, replace };
}

/** Numbers in place of the names of nodes, which are not known. */
function numbered(workload: WorkloadState | undefined): string[] {
  return Array.from({ length: workload?.status?.updatedNumberScheduled ?? 0 }, (_, i) => `${i}`);
}

/** Whether the controller knows of no node for the pods. Nodes may come later, so the rollout has not failed. */
function hasNoNode(workload: WorkloadState | undefined): boolean {
  const { observedGeneration = 0, desiredNumberScheduled } = workload?.status ?? {};
  return desiredNumberScheduled === 0 && observedGeneration >= (workload?.metadata?.generation ?? 0);
}

/**
 * Whether the controller waits for nodes that are not ready. It counts their pods as unavailable, so as many of them as
 * may be unavailable stop the rollout of all other nodes. With a surge, it replaces pods on lost nodes without counting.
 */
function holdsUp(workload: WorkloadState | undefined, nodes: DaemonNodes): boolean {
  const { maxSurge = 0 } = workload?.spec?.updateStrategy?.rollingUpdate ?? {};
  const isSurging = Number.parseInt(`${maxSurge}`, 10) > 0;
  return (
    !isSurging && nodes.old.length > 0 && nodes.moving.length === 0 && nodes.lost.length >= unavailable(workload, nodes)
  );
}

/** Returns how many pods may be unavailable at a time, rounded up as the controller does. */
function unavailable(workload: WorkloadState | undefined, { rolled, old, moving, lost }: DaemonNodes): number {
  const most = `${workload?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1}`;
  const number = Number.parseInt(most, 10);
  const all = workload?.status?.desiredNumberScheduled ?? rolled.length + old.length + moving.length + lost.length;
  return Math.max(1, most.endsWith("%") ? Math.ceil((number / 100) * all) : number);
}
