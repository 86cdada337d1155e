import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterAccess } from "../cluster-access";
import { connect, type Cluster } from "./cluster";
import { daemonNodes, nodeOf } from "./daemon-nodes";
import { explainedHealth, lookAtWorkload } from "./look-at-workload";
import { nextStep, type RolloutMemory } from "./rollout-progress";
import type { CollectorTarget } from "./targets";
import { clusterSilent, rolloutFailed } from "./workload-words";

declare module "../outside/jobs" {
  interface Jobs {
    readonly "await-rollout": Job<RolloutRequest, RolloutAnswer>;
  }
}

export interface RolloutRequest {
  readonly access: ClusterAccess;
  readonly namespace: string;
  readonly collector: CollectorTarget;
}

export interface RolloutAnswer {
  /** The whole message for the user, if the rollout failed. */
  readonly failure?: string;
  /** A message about nodes that are missing or not ready, which the rollout did not wait for. */
  readonly warning?: string;
}

/** Milliseconds between two looks. */
const usualInterval = 2_000;
/** Milliseconds for which the cluster may be silent. */
const silence = 120_000;

/** Waits for a DaemonSet's rollout on all nodes that are ready. */
export function awaitRollout(request: RolloutRequest): Promise<RolloutAnswer> {
  return follow(connect(request.access, Date.now() + silence), request);
}

/** Looks until the rollout is done or has failed, and replaces pods where only nodes that are not ready hold it up. */
export async function follow(
  cluster: Cluster,
  { namespace, collector }: Pick<RolloutRequest, "namespace" | "collector">,
  { interval = usualInterval, now = Date.now } = {},
): Promise<RolloutAnswer> {
  let memory: RolloutMemory | undefined;
  let heardAt = now();
  for (;;) {
    try {
      const look = await lookAtWorkload(cluster, namespace, collector);
      const { workload, pods, facts, health } = look;
      heardAt = now();
      const nodes = facts && daemonNodes(pods, facts);
      const step = nextStep({ health, workload, nodes, at: heardAt }, memory);
      if (step.kind === "done")
        return health.state !== "ready" ? { warning: `${collector.name}: ${health.message}` } : {};
      if (step.kind === "failed") {
        const { message } = await explainedHealth(cluster, namespace, collector, look);
        return { failure: rolloutFailed(collector, message) };
      }
      memory = step.memory;
      const replaced = pods.filter((pod) => step.replace.includes(nodeOf(pod) ?? ""));
      await Promise.all(replaced.map(({ metadata }) => cluster.deletePod(namespace, metadata.name)));
    } catch (error) {
      if (now() - heardAt > silence) return { failure: rolloutFailed(collector, clusterSilent) };
      void error;
    }
    await sleep(interval);
  }
}
