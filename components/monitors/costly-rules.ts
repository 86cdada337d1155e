import type { ScrapeSettings } from "../inputs";
import { mostCharacters, mostOfLabel } from "./long-texts";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, type MonitorEndpoint, type MonitorRelabeling, type MonitorSpec } from "./monitor-object";
import { prometheusBytes } from "./prometheus-values";
import { Growth, oneName } from "./rule-growth";
import { lower } from "./scrape-fields";

/** Bytes of a label beside its name and value, measured with the collector 0.161: 40 labels of 50,000 samples take 500 MB. */
const labelBytes = 150;
/** Most characters of a value of an object's label. */
const mostValue = 63;

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
  { relabelings = [], metricRelabelings = [] }: MonitorEndpoint,
  place: string,
  { limits, isLong }: Pick<ScrapeSettings, "limits"> & { readonly isLong: boolean },
): { readonly config: object; readonly faults: readonly MonitorFault[] } {
  const [ofTarget, ofMetrics] = [follow(relabelings), follow(metricRelabelings)];
  const isMapping = [...relabelings, ...metricRelabelings].some(mapsLabels);
  const text = Math.max(ofTarget.text, ofMetrics.text);
  const added = Math.max(
    isMapping ? mappedBytes(spec, isLong ? undefined : text) : 0,
    addedBytes(spec, ofTarget, ofMetrics, isLong ? mostCharacters : Infinity),
  );
  const samples = share(limits.samples, usualBytes / added);
  const { steps, all: growth } = ofMetrics.growth;
  const body = share(limits.bodyBytes, Math.min(usualGrowth / growth, usualSteps / steps));
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

/** Returns a part of a limit, at least 1: the scraper reads 0 as no limit. */
const share = (limit: number, part: number): number => Math.max(1, Math.floor(limit * Math.min(1, part)));

/**
 * Returns at most how many bytes of labels a sample has, if rules copy labels whose number is unknown. `text` is the most
 * characters that the rules write themselves; missing if the job has a limit for values because they may be long.
 */
function mappedBytes({ labelLimit, labelValueLengthLimit }: MonitorSpec, text: number | undefined): number {
  const value = text === undefined ? lower(labelValueLengthLimit, mostCharacters) : Math.max(mostValue, text);
  return (labelLimit || usualLabels) * (labelBytes + mostValue + value);
}

/** Whether a rule writes labels whose number is unknown. */
const mapsLabels = ({ action, regex = "", targetLabel = "" }: MonitorRelabeling): boolean =>
  actionOf(action) === "labelmap" ? !oneName.test(regex) : targetLabel.includes("$");

/**
 * Returns at most how many bytes of labels rules add to each sample, beside those that all targets have. `longest` is the
 * limit for values of the job.
 */
function addedBytes(
  { targetLabels = [], podTargetLabels = [] }: MonitorSpec,
  target: Followed,
  metrics: Followed,
  longest: number,
): number {
  const ofObjects = [...targetLabels, ...podTargetLabels].map((name) => name.length + mostValue);
  const ofTarget = writtenLabels(target).filter(({ name }) => !name.startsWith("__"));
  // Copies of labels of a sample are part of the growth of an answer.
  const ofMetrics = writtenLabels(metrics).map((label) => ({ ...label, copied: 0 }));
  const written = [...ofTarget, ...ofMetrics].map(
    ({ name, copied, text }) => name.length + Math.min(longest, copied + text),
  );
  return [...ofObjects, ...written].reduce((sum, bytes) => sum + labelBytes + bytes, 0);
}

/** A list of rules, and what becomes of labels behind all of them. */
interface Followed {
  readonly rules: readonly MonitorRelabeling[];
  readonly growth: Growth;
  /** The most characters that a rule writes itself. */
  readonly text: number;
}

function follow(rules: readonly MonitorRelabeling[]): Followed {
  const growth = new Growth();
  for (const rule of rules) growth.add(rule);
  return { rules, growth, text: Math.max(0, ...rules.map(({ replacement = "" }) => replacement.length)) };
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
function writtenLabels({ rules, growth, text }: Followed): WrittenLabel[] {
  const written = new Map<string, WrittenLabel>();
  for (const { targetLabel: name = "", sourceLabels = [] } of rules) {
    if (name === "" || name.includes("$")) continue;
    const times = growth.of(name);
    const copied =
      sourceLabels.length === 0 ? 0 : times * (sourceLabels.every(isObjectLabel) ? mostValue : mostOfLabel);
    written.set(name, { name, copied: Math.max(copied, written.get(name)?.copied ?? 0), text: times * text });
  }
  return [...written.values()];
}

const isObjectLabel = (source: string): boolean => /^__meta_kubernetes_[a-z]+_label(?:present)?_/.test(source);
