import { inputs } from "../inputs";
import { ports } from "../contract";
import type { Cluster } from "./cluster";
import { inTurns } from "./in-turns";
import {
  kubeletError,
  readTargets,
  type InputEvidence,
  type KubeletReading,
  type ScrapedTarget,
  type ScrapingInput,
} from "./input-status";
import type { CollectorTarget } from "./targets";

/** A pod of a collector that has inputs. */
export interface PullingPod {
  readonly collector: CollectorTarget;
  readonly pod: string;
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
  namespace: string,
  pods: readonly PullingPod[],
  until: number,
): Promise<InputEvidence> {
  const targets: ScrapedTarget[] = [];
  const kubelets: KubeletReading[] = [];
  const asked = pods.flatMap(({ collector: { inputs = [], kubeletInterval }, pod }) =>
    inputs.map((input) => ({ input, pod, kubeletInterval })),
  );
  await inTurns(asked, until, async ({ input, pod, kubeletInterval }) => {
    try {
      if (input === "kubelet") kubelets.push(await readKubelet(cluster, namespace, pod, kubeletInterval));
      else targets.push(...(await readTargetsOf(cluster, namespace, pod, input)));
    } catch {
      return;
    }
  });
  const scrapes = pods.some(({ collector: { inputs = [] } }) => inputs.includes("prometheus"));
  const isEmpty = !targets.some(({ input }) => input === "prometheus");
  const annotated = scrapes && isEmpty ? await cluster.annotated().catch(() => []) : [];
  return { targets, kubelets, annotated };
}

function targetsPort(name: ScrapingInput): number {
  const health = inputs.find((input) => input.name === name)?.health;
  return health?.kind === "targets" ? health.port : 0;
}

async function readTargetsOf(
  cluster: Cluster,
  namespace: string,
  pod: string,
  input: ScrapingInput,
): Promise<ScrapedTarget[]> {
  const path = "/api/v1/targets?state=active";
  return readTargets(input, await cluster.ask(namespace, pod, targetsPort(input), path));
}

/**
 * Counters are cumulative, so only the log shows the present: each failed request logs one line. Lines from before the
 * last request are about the past.
 */
async function readKubelet(
  cluster: Cluster,
  namespace: string,
  pod: string,
  interval: number = usualInterval,
): Promise<KubeletReading> {
  const metrics = await cluster.ask(namespace, pod, ports.selfMetrics, "/metrics");
  const [, points = "0"] =
    /^otelcol_receiver_accepted_metric_points\{[^}]*receiver="kubeletstats"[^}]*\} (\S+)$/m.exec(metrics) ?? [];
  const error = kubeletError(await cluster.log(namespace, pod, Math.ceil(Math.max(interval, connecting) + grace)));
  return { pod, points: Number(points), ...(error !== undefined && { error }) };
}
