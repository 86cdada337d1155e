import { inputs, type InputHealth, type MonitorTarget } from "../inputs";
import { ports } from "../contract";
import type { Cluster } from "./cluster";
import { inTurns } from "./in-turns";
import type { InputEvidence, KubeletReading, ScrapedTarget } from "./input-evidence";
import { readTargets, receiverError } from "./input-status";
import { namespaceOf, type CollectorTarget, type FlowTargets } from "./targets";

/** A pod of a collector that has inputs. */
export interface PullingPod {
  readonly collector: CollectorTarget;
  readonly pod: string;
  readonly node?: string;
}

/** Seconds between two requests to a kubelet, for targets in a state that an earlier version wrote. */
const usualInterval = 30;
/** Seconds after which the receiver stops connecting; unanswered requests are at least this far apart. */
const connecting = 30;
/** Seconds by which a log line may be late. */
const grace = 5;

/**
 * Reads the state of all inputs. Pods that do not answer are skipped, because the verdict about the flow covers them.
 * So are pods whose turn does not come in time.
 *
 * @param until in milliseconds since 1970
 */
export async function lookAtInputs(
  cluster: Cluster,
  all: Pick<FlowTargets, "namespace">,
  pods: readonly PullingPod[],
  until: number,
  monitors: readonly MonitorTarget[] = [],
): Promise<InputEvidence> {
  const targets: ScrapedTarget[] = [];
  const kubelets: KubeletReading[] = [];
  const asked = pods.flatMap(({ collector, pod, node }) => {
    const { inputs = [], parts = {}, kubeletInterval } = collector;
    const namespace = namespaceOf(all, collector);
    return inputs.map((input) => ({ input, parts, namespace, pod, node, kubeletInterval }));
  });
  const unread = new Set(asked.filter(({ input }) => healthOf(input)?.kind === "targets"));
  const nodes = new Set([...unread].flatMap(({ node }) => node ?? []));
  await inTurns(asked, until, async (request) => {
    const { input, parts, namespace, pod, kubeletInterval } = request;
    const health = healthOf(input);
    try {
      if (health?.kind === "kubelet") {
        kubelets.push(await readKubelet(cluster, namespace, pod, health.receiver, kubeletInterval));
      } else if (health !== undefined) {
        for (let part = 0; part < (parts[input] ?? 1); part++) {
          const answer = await cluster.ask(namespace, pod, health.port + part, "/api/v1/targets?state=active");
          targets.push(...readTargets(input, answer));
        }
        unread.delete(request);
      }
    } catch {
      return;
    }
  });
  // An agent with several inputs may have answered for some of them only.
  for (const { node = "" } of unread) nodes.delete(node);
  // Only where annotations can ask for an input, because all Pods and Services are listed.
  const areAnnotated = asked.some(({ input }) => {
    const health = healthOf(input);
    return health?.kind === "targets" && health.annotated !== undefined;
  });
  const annotated = areAnnotated ? await cluster.annotated().catch(() => []) : [];
  const monitored = monitors.length > 0 ? await cluster.monitoredJobs(monitors).catch(() => []) : [];
  // Both have listed all Pods and Services.
  const crowded = areAnnotated || monitors.length > 0 ? await cluster.crowded().catch(() => []) : [];
  return {
    targets,
    kubelets,
    annotated,
    monitored,
    crowded,
    nodes: [...nodes],
    ...(unread.size > 0 && { isPartial: true }),
  };
}

function healthOf(name: string): InputHealth | undefined {
  return inputs.find((input) => input.name === name)?.health;
}

/**
 * Counters are cumulative, so only the log shows the present: each failed request logs one line. Lines from before the
 * last request are about the past.
 */
async function readKubelet(
  cluster: Cluster,
  namespace: string,
  pod: string,
  receiver: string,
  interval: number = usualInterval,
): Promise<KubeletReading> {
  const metrics = await cluster.ask(namespace, pod, ports.selfMetrics, "/metrics");
  const [, points = "0"] =
    new RegExp(`^otelcol_receiver_accepted_metric_points\\{[^}]*receiver="${receiver}"[^}]*\\} (\\S+)$`, "m").exec(
      metrics,
    ) ?? [];
  const error = receiverError(
    receiver,
    await cluster.log(namespace, pod, Math.ceil(Math.max(interval, connecting) + grace)),
  );
  return { pod, points: Number(points), ...(error !== undefined && { error }) };
}
