import type { ScrapeSettings } from "../inputs";
import { mayBeLong, mostCharacters } from "./long-texts";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, type MonitorEndpoint, type MonitorRelabeling, type MonitorSpec } from "./monitor-object";
import { prometheusBytes } from "./prometheus-values";
import { Growth, oneName } from "./rule-growth";
import { lower } from "./scrape-fields";

/** Bytes of a label beside its name and value, measured with the collector 0.161: 40 labels of 50,000 samples take 500 MB. */
const labelBytes = 150;
/** Most characters of a value of an object's label, and of a name in Kubernetes. */
const mostValue = 63;
const mostName = 253;

/** Labels of a sample, if rules copy labels whose number is unknown and the monitor has no limit. */
const usualLabels = 40;
/** Bytes of added labels that a sample may have without a lower limit, half an agent's memory for 50,000 samples. */
const usualBytes = usualLabels * (labelBytes + 2 * mostValue);
/** How many times as long rules may make the labels of an answer: 200 MB for the usual 20 MB. */
const usualGrowth = 10;
/** Steps of searches for each character of an answer. They take 16 to 23 ns, so the usual 20 MB take 80 s of a core at most. */
const usualSteps = 200;

/**
 * Returns limits for the answers of an endpoint whose rules cost much for each sample. The limits of the stack assume few
 * rules. With many, an answer that they allow could take the memory of an agent, or a core for minutes.
 */
export function costLimits(
  spec: MonitorSpec,
  endpoint: MonitorEndpoint,
  place: string,
  { limits }: ScrapeSettings,
): { readonly config: object; readonly faults: readonly MonitorFault[] } {
  const { relabelings = [], metricRelabelings = [] } = endpoint;
  const isMapping = [...relabelings, ...metricRelabelings].some(mapsLabels);
  const added = Math.max(isMapping ? mappedBytes(spec, endpoint) : 0, addedBytes(spec, endpoint));
  const samples = Math.floor(limits.samples * Math.min(1, usualBytes / added));
  const { steps, all: growth } = growthOf(metricRelabelings);
  const body = Math.floor(limits.bodyBytes * Math.min(1, usualGrowth / growth, usualSteps / steps));
  const own = (spec.bodySizeLimit && prometheusBytes(spec.bodySizeLimit)) || undefined;
  return {
    config: {
      ...(isMapping && { label_limit: spec.labelLimit || usualLabels }),
      ...(samples < limits.samples && { sample_limit: lower(spec.sampleLimit, samples) }),
      ...(body < limits.bodyBytes && { body_size_limit: `${lower(own, body)}B` }),
    },
    faults: [
      ...(samples < lower(spec.sampleLimit, limits.samples)
        ? [
            fault(
              place,
              "field",
              `has rules that may add ${added} bytes of labels to each sample, so an answer may have ${samples} samples at most`,
              `Set sampleLimit to ${samples} or less, or ${isMapping ? "set a lower labelLimit" : "add fewer labels"}`,
            ),
          ]
        : []),
      ...(body < lower(own, limits.bodyBytes)
        ? [
            fault(
              `${place}.metricRelabelings`,
              "field",
              `${growth / usualGrowth > steps / usualSteps ? "copy" : "search"} labels so much that an answer may have ${body} bytes at most`,
              `Set bodySizeLimit to ${body}B or less, or write fewer or simpler rules`,
            ),
          ]
        : []),
    ],
  };
}

/** Returns at most how many bytes of labels a sample has, if rules copy labels whose number is unknown. */
function mappedBytes({ labelLimit, labelValueLengthLimit }: MonitorSpec, endpoint: MonitorEndpoint): number {
  const { relabelings = [], metricRelabelings = [] } = endpoint;
  const text = longestText([...relabelings, ...metricRelabelings]);
  const value = mayBeLong(endpoint) ? lower(labelValueLengthLimit, mostCharacters) : Math.max(mostValue, text);
  return (labelLimit || usualLabels) * (labelBytes + mostValue + value);
}

/** Whether a rule writes labels whose number is unknown. */
const mapsLabels = ({ action, regex = "", targetLabel = "" }: MonitorRelabeling): boolean =>
  actionOf(action) === "labelmap" ? !oneName.test(regex) : targetLabel.includes("$");

/** Returns at most how many bytes of labels rules add to each sample, beside those that all targets have. */
function addedBytes({ targetLabels = [], podTargetLabels = [] }: MonitorSpec, endpoint: MonitorEndpoint): number {
  const { relabelings = [], metricRelabelings = [] } = endpoint;
  const longest = mayBeLong(endpoint) ? mostCharacters : Infinity;
  const ofObjects = [...targetLabels, ...podTargetLabels].map((name) => name.length + mostValue);
  const ofTarget = writtenLabels(relabelings).filter(({ name }) => !name.startsWith("__"));
  // Copies of labels of a sample are part of the growth of an answer.
  const ofMetric = writtenLabels(metricRelabelings).map((label) => ({ ...label, copied: 0 }));
  const written = [...ofTarget, ...ofMetric].map(
    ({ name, copied, text }) => name.length + Math.min(longest, copied + text),
  );
  return [...ofObjects, ...written].reduce((sum, bytes) => sum + labelBytes + bytes, 0);
}

/** A label that rules write. */
interface WrittenLabel {
  readonly name: string;
  /** At most so many characters of its value are from labels that rules have not written. */
  readonly copied: number;
  /** At most so many are from the rules themselves. */
  readonly text: number;
}

/** Returns the labels that rules write whose names are known, each once. */
function writtenLabels(rules: readonly MonitorRelabeling[]): WrittenLabel[] {
  const growth = growthOf(rules);
  const text = longestText(rules);
  const written = new Map<string, WrittenLabel>();
  for (const { targetLabel: name = "", sourceLabels = [] } of rules) {
    if (name === "" || name.includes("$")) continue;
    const times = growth.of(name);
    const copied = sourceLabels.length === 0 ? 0 : times * (sourceLabels.every(isObjectLabel) ? mostValue : mostName);
    written.set(name, { name, copied: Math.max(copied, written.get(name)?.copied ?? 0), text: times * text });
  }
  return [...written.values()];
}

/** Returns the most characters that a rule writes itself. */
const longestText = (rules: readonly MonitorRelabeling[]): number =>
  rules.reduce((most, { replacement = "" }) => Math.max(most, replacement.length), 0);

function growthOf(rules: readonly MonitorRelabeling[]): Growth {
  const growth = new Growth();
  for (const rule of rules) growth.add(rule);
  return growth;
}

const isObjectLabel = (source: string): boolean => /^__meta_kubernetes_[a-z]+_label(?:present)?_/.test(source);
