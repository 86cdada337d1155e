import { containerOfFile, longLineOperator } from "../inputs";
import type { Cluster } from "./cluster";
import { inTurns } from "./in-turns";
import type { LongLine } from "./input-evidence";
import type { PullingPod } from "./look-at-inputs";
import { namespaceOf, type FlowTargets } from "./targets";

/** Seconds of the log agents' logs that are read. No counter shows long lines, and they are rare. */
const longLinesWindow = 3600;

/**
 * Reads which lines exceeded the limit, from the logs of the log agents. Pods that do not answer, or not in time, are
 * skipped.
 *
 * @param until in milliseconds since 1970
 */
export async function lookAtContainerLogs(
  cluster: Pick<Cluster, "log">,
  all: Pick<FlowTargets, "namespace">,
  pods: readonly PullingPod[],
  until: number,
): Promise<LongLine[]> {
  const found: LongLine[] = [];
  const agents = pods.filter(({ collector: { kind } }) => kind === "log-agent");
  await inTurns(agents, until, async ({ collector, pod }) => {
    const log = await cluster.log(namespaceOf(all, collector), pod, longLinesWindow).catch(() => "");
    found.push(...readLongLines(log));
  });
  return found;
}

/** Reads the reports about lines that exceeded the limit. */
export function readLongLines(log: string): LongLine[] {
  return log.split("\n").flatMap((text) => {
    if (!text.includes(`"operator_id":"${longLineOperator}"`)) return [];
    const [receiver, file] = ["otelcol.component.id", "log.file.path"].map(
      (key) => new RegExp(`"${key}":"([^"]*)"`).exec(text)?.[1],
    );
    const container = containerOfFile(file ?? "");
    return receiver === undefined || container === undefined ? [] : [{ receiver, container }];
  });
}
