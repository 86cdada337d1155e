import { targetsPorts } from "../collector/inputs/scrape";
import { ports } from "../collector/config";
import type { Cluster } from "./cluster";
import { inTurns } from "./in-turns";
import {
  kubeletError,
  readTargets,
  type InputEvidence,
  type KubeletReading,
  type ScrapedTarget,
  type ScrapingInput,
} from "./inputs";
import type { CollectorTarget } from "./targets";

/** A pod of a collector that pulls. */
export interface PullingPod {
  readonly collector: CollectorTarget;
  readonly pod: string;
}

/** Seconds of log that are looked through for what a kubelet's receiver says. */
const logSeconds = 300;

/**
 * Looks at what collectors pull. A pod that does not answer is left out: the flow's own verdict tells of it; so is one
 * whose turn does not come until a time, in milliseconds since 1970.
 */
export async function lookAtInputs(
  cluster: Cluster,
  namespace: string,
  pods: readonly PullingPod[],
  until: number,
): Promise<InputEvidence> {
  const targets: ScrapedTarget[] = [];
  const kubelets: KubeletReading[] = [];
  const asked = pods.flatMap(({ collector: { inputs = [] }, pod }) => inputs.map((input) => ({ input, pod })));
  await inTurns(asked, until, async ({ input, pod }) => {
    try {
      if (input === "kubelet") kubelets.push(await readKubelet(cluster, namespace, pod));
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

async function readTargetsOf(
  cluster: Cluster,
  namespace: string,
  pod: string,
  input: ScrapingInput,
): Promise<ScrapedTarget[]> {
  const path = "/api/v1/targets?state=active";
  return readTargets(input, await cluster.ask(namespace, pod, targetsPorts[input], path));
}

async function readKubelet(cluster: Cluster, namespace: string, pod: string): Promise<KubeletReading> {
  const metrics = await cluster.ask(namespace, pod, ports.selfMetrics, "/metrics");
  const [, points = "0"] =
    /^otelcol_receiver_accepted_metric_points\{[^}]*receiver="kubeletstats"[^}]*\} (\S+)$/m.exec(metrics) ?? [];
  const error = Number(points) > 0 ? undefined : kubeletError(await cluster.log(namespace, pod, logSeconds));
  return { pod, points: Number(points), ...(error !== undefined && { error }) };
}
