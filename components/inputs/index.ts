import type { z } from "zod";
import { apiServer } from "./api-server";
import { clusterState } from "./cluster-state";
import type { InputDefinition } from "./define-input";
import { istio } from "./istio";
import { kubelet } from "./kubelet";
import { prometheus } from "./prometheus";
import { prometheusOperator } from "./prometheus-operator";

/**
 * All inputs that collectors pull. A new input requires one file and one line here: its setting, argument type, schema,
 * reference, rights, egress and status follow from its definition. Only the policy pack lists rights on its own.
 */
export const inputs = [prometheus, prometheusOperator, kubelet, clusterState, istio, apiServer] as const;

export { prometheusOperator };

type Inputs = (typeof inputs)[number];
export type InputKey = Inputs["setting"]["key"];

/** A pipeline's settings of the inputs that it has turned on, by the key of the setting. */
export type PullSelections = {
  readonly [One in Inputs as One["setting"]["key"]]?: z.output<One["setting"]["pipeline"]>;
};

/** Returns the settings of inputs, each once, in the order of the inputs. */
export function settingsOf<One extends InputDefinition>(list: readonly One[]): One["setting"][] {
  return [...new Map(list.map(({ setting }) => [setting.key, setting])).values()];
}

/** Returns a pipeline's setting of an input; undefined if the pipeline has not turned the input on. */
export function selectionOf(input: InputDefinition, pull: Readonly<Record<string, unknown>>): unknown {
  const selection = pull[input.setting.key];
  return selection !== undefined && input.isWanted(selection) ? selection : undefined;
}

export {
  defineInput,
  idPart,
  namespacesOf,
  pullRoles,
  type Collection,
  type EgressRule,
  type InputDefinition,
  type InputHealth,
  type MonitorJob,
  type MonitorProblem,
  type MonitorTarget,
  type PolicyRule,
  type PullRole,
  type Rights,
  type Surroundings,
} from "./define-input";
export {
  containerLogProcessors,
  containerLogReceiver,
  containerLogReceivers,
  containerOfFile,
} from "./container-log-collection";
export { kubeletPodsSince } from "./kubelet";
export { jobName, monitorOfJob } from "./monitor-jobs";
export { offsetAttribute } from "./container-log-operators";
export { lateAfter, lateLineOperator, lateReportInterval, longestLine, longLineOperator } from "./container-log-lines";
export { containerLogsSetting, type ContainerLogsSelection } from "./container-logs";
export { isScraped, noTargetOfItsOwn, type AnnotatedObject, type ObjectPort } from "./annotated-objects";
export { everyPod, everyPort } from "./egress";
export { meshCertificates } from "./mesh-tls";
export { laterMetrics, runtimeMetrics } from "./runtime-metrics";
export { discoveredLabel, drop, keep, knownFromKubernetes, meta, setWhere, type RelabelRule } from "./relabel";
export { jobSettings, nodeDiscovery } from "./scrape";
export {
  dropMarked,
  dropMarkedParameters,
  dropMoved,
  dropUncertainHostPorts,
  guardLabel,
  guardMark,
  keepPlainScheme,
  onlyOwnPods,
  rememberAddress,
  rememberHostPort,
} from "./target-guard";
export { bearerTokens, tokenTargets, type TokenTargets } from "./bearer-tokens";
export { safeBodySize, scrapeSettings, type ScrapeSettings } from "./scrape-settings";
