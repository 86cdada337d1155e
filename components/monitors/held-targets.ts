/** Rules and faults by which a monitor gets only the answers of the pods that it selects. */

import { duration, literal } from "../collector";
import {
  dropMarkedParameters,
  dropMoved,
  guardMark,
  keepPlainScheme,
  rememberHostPort,
  type RelabelRule,
} from "../inputs";
import { fault, type MonitorFault } from "./monitor-faults";
import type { MonitorEndpoint } from "./monitor-object";
import { scrapeTimeLabels } from "./monitor-relabeling";
import type { ScrapeTimes } from "./scrape-fields";

/** Puts the rules of a monitor between those that hold a target to its pod and to the times of its job. */
export function guarded(
  rules: readonly RelabelRule[],
  { params = {}, hostPorts, times }: Pick<MonitorEndpoint, "params"> & { hostPorts: boolean; times: ScrapeTimes },
): RelabelRule[] {
  const values = [times.interval, times.timeout].map(duration);
  const isMarked = Object.keys(params).some((name) => name.includes(guardMark));
  return [
    ...(isMarked ? [dropMarkedParameters] : []),
    ...(hostPorts ? [rememberHostPort] : []),
    ...rules,
    defaultJob,
    keepPlainScheme,
    ...scrapeTimeLabels.map((label, i) => ({
      action: "replace",
      target_label: label,
      replacement: literal(values[i] ?? ""),
    })),
    ...dropMoved({ hostPorts }),
  ];
}

/** The collector refuses the samples of a target without a job, so a rule that removes it would lose them. */
const defaultJob: RelabelRule = {
  action: "replace",
  source_labels: ["job"],
  regex: "^$",
  target_label: "job",
  replacement: "unknown_service",
};

/**
 * Whether something else than the target may answer, such as the pod that has the address of one that has ended. An
 * EndpointSlice can name a pod of another namespace, so the discovery of such a job is limited to the monitor's own.
 */
export const mayAnswerElsewhere = ({ proxyUrl, followRedirects, filterRunning }: MonitorEndpoint): boolean =>
  Boolean(proxyUrl) || followRedirects === true || filterRunning === false;

/** The faults of an endpoint with targets in other namespaces, where answers of something else could pass for those of a pod. */
export function elsewhereFaults(
  { proxyUrl, followRedirects, filterRunning }: MonitorEndpoint,
  place: string,
): MonitorFault[] {
  const remedy = "Move the monitor to the namespace of its targets";
  return [
    ...(proxyUrl
      ? [fault(`${place}.proxyUrl`, "endpoint", "would let a proxy answer for pods of other namespaces", remedy)]
      : []),
    ...(followRedirects
      ? [
          fault(
            `${place}.followRedirects`,
            "field",
            "is not applied, because a redirect could answer for pods of other namespaces",
            remedy,
          ),
        ]
      : []),
    ...(filterRunning === false
      ? [
          fault(
            `${place}.filterRunning`,
            "field",
            "is not applied, because another pod may have the address of a pod that has ended",
            remedy,
          ),
        ]
      : []),
  ];
}
