import { pipelineComponent } from "../collector";
import { condition, type Judged } from "./condition";
import { passedThrough, type LookUps, type PodData } from "./data-evidence";
import { failuresHidden, filtered, sendersUnknown, statementsFailing, type SenderCounts } from "./data-words";
import { hidingWarnings, type FlowTargets, type PipelineTarget } from "./targets";

/** A check warns if more than this share of resources has no pod. Single senders on a node's network are usual. */
const unknownShare = 0.1;
/** With fewer resources than this, the share is not evidence. */
const leastResources = 20;
/**
 * With fewer resources than this during the check, the share since the start of the pods decides. A check takes seconds and
 * senders push every few seconds to once a minute, so fewer resources can come from a single sender.
 */
const leastRecent = 50;

/** Whether the pipeline's data is what its owner means, as far as its collectors know; nothing if none was read. */
export function dataCondition(
  target: PipelineTarget,
  targets: Pick<FlowTargets, "collectors">,
  all: readonly PodData[],
): Judged[] {
  const type = "DataHealthy";
  const own = all.filter(({ collector }) => target.collectors.includes(collector));
  if (own.length === 0) return [];
  const filter = passedThrough(pipelineComponent("filter", "user", target), own);
  const failures = own
    .flatMap(({ failed }) =>
      ["transform", "filter"].map((kind) => failed[pipelineComponent(kind, "user", target)] ?? 0),
    )
    .reduce((sum, count) => sum + count, 0);
  const senders = sendersOf(target, own);
  const { found, unknown } = senders.isRecent ? senders.recent : senders.all;
  const isUnknown = found + unknown >= leastResources && unknown / (found + unknown) > unknownShare;
  const hiding = hidingWarnings(targets, target);
  const message = [
    ...(filter.incoming > 0 ? [filtered(target, filter)] : []),
    ...(failures > 0 ? [statementsFailing(target, failures)] : []),
    ...(hiding ? [failuresHidden(hiding.kind)] : []),
    ...(isUnknown ? [sendersUnknown(target, senders)] : []),
  ].join(" ");
  if (filter.incoming > 0 && filter.outgoing === 0) return [condition(type, "AllItemsFiltered", message)];
  if (failures > 0) return [condition(type, "StatementsFailing", message)];
  return [condition(type, isUnknown ? "SendersUnknown" : "DataHealthy", message)];
}

/** Only pushed data: metrics of nodes and of the cluster have no pod. */
function sendersOf({ signal }: PipelineTarget, pods: readonly PodData[]): SenderCounts {
  const gateways = pods.filter(({ kind }) => kind === "gateway");
  const all = sumOf(gateways.map(({ lookUps }) => lookUps[signal]));
  const recent = sumOf(gateways.map(({ recentLookUps }) => recentLookUps[signal]));
  return { all, recent, isRecent: recent.found + recent.unknown >= leastRecent };
}

const sumOf = (counts: readonly (LookUps | undefined)[]): LookUps => ({
  found: counts.reduce((sum, one) => sum + (one?.found ?? 0), 0),
  unknown: counts.reduce((sum, one) => sum + (one?.unknown ?? 0), 0),
});
