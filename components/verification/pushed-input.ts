import { pipelineComponent } from "../collector";
import { condition, type Judged } from "./condition";
import { passedThrough, type PodData } from "./data-evidence";
import { misdirected, noInputEnabled, nothingPushed, pushed } from "./data-words";
import type { FlowTargets, PipelineTarget } from "./targets";

const type = "InputsHealthy";

/** Judges what applications push to a pipeline; nothing if it takes no pushed data, or no gateway was read. */
export function judgePushed(target: PipelineTarget, targets: FlowTargets, all: readonly PodData[]): Judged[] {
  if (target.collectors.length === 0) return [condition(type, "NoInputEnabled", noInputEnabled(target))];
  const gateways = all.filter(({ kind, collector }) => kind === "gateway" && target.collectors.includes(collector));
  if (gateways.length === 0) return [];
  const items = sum(gateways, ({ pushed: counted }) => counted[target.signal] ?? 0);
  const seconds = Math.max(...gateways.map(({ uptime }) => uptime));
  const grpcOnHttp = sum(gateways, (pod) => pod.grpcOnHttp);
  const unknownPath = sum(gateways, (pod) => pod.unknownPath);
  if (items === 0) {
    const message = nothingPushed(target, { seconds, grpcOnHttp, unknownPath }, targets.namespace);
    return [condition(type, "NothingPushed", message)];
  }
  const chosen = passedThrough(pipelineComponent("filter", "namespaces", target), gateways);
  const message = pushed(target, items, chosen);
  // A wrong name of a namespace leaves every other condition healthy: canaries arrive, and other pipelines get data.
  if (chosen.incoming > 0 && chosen.outgoing === 0) return [condition(type, "NothingPushed", message)];
  // A path that is not there is usual: SDKs push all signals, also those without a pipeline.
  if (grpcOnHttp === 0) return [condition(type, "InputsHealthy", message)];
  const more = misdirected({ grpcOnHttp, unknownPath: 0 });
  return [condition(type, "RequestsMisdirected", [message, ...more].join(" "))];
}

/** Joins the judgements of pushed and pulled data. Pulled data decides, because many pipelines that pull receive no pushed data. */
export function joinInputs(pulled: Judged | undefined, [pushedInput]: readonly Judged[]): Judged[] {
  if (pulled === undefined) return pushedInput === undefined ? [] : [pushedInput];
  if (pushedInput === undefined || pushedInput.reason === "NoInputEnabled") return [pulled];
  const first = pulled.reason === "InputsHealthy" && pushedInput.status === "True" ? pushedInput : pulled;
  return [{ ...first, message: `${pulled.message} ${pushedInput.message}` }];
}

function sum(pods: readonly PodData[], of: (pod: PodData) => number): number {
  return pods.reduce((total, pod) => total + of(pod), 0);
}
