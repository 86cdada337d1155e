import { safeBodySize, type ScrapeSettings } from "../inputs";
import { bytes } from "../schema";
import { withFound } from "./group-references";
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

/**
 * Most labels of a sample, if rules copy labels whose number is unknown and the monitor has no limit. Samples of a mesh's
 * proxy have up to 43, with all labels of a pod of a Helm chart.
 */
const mostMapped = 64;
/** Added labels of a sample that the stack's limit of samples assumes. */
const usualLabels = 40;
/** Bytes of added labels that a sample may have without a lower limit, half an agent's memory for 50,000 samples. */
const usualBytes = usualLabels * (labelBytes + 2 * mostValue);
/** How many times as long rules may make the labels of an answer: 160 MB for the usual 16 MB. */
const usualGrowth = 10;
/** Steps of searches for each character of an answer. They take 16 to 23 ns, so the usual 16 MB take 60 s of a core at most. */
const usualSteps = 200;

/** Bytes of a label's name or value that are safe. */
const mostLabelBytes = bytes(safeBodySize);

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
  const longest = isLong ? mostCharacters : Infinity;
  const ofTarget = follow(relabelings);
  const sent = writtenLabels(ofTarget).filter(({ name }) => !isHidden(name));
  const ofMetrics = follow(metricRelabelings, sent, longest);
  const isMapping = [...relabelings, ...metricRelabelings].some(mapsLabels);
  const mapped = isMapping ? mappedBytes(spec, ofTarget, ofMetrics, isLong) : 0;
  const written = addedBytes(spec, sent, ofMetrics, longest);
  const answer = sampleLimit({ mapped, written, ownSteps: ofMetrics.growth.ownSteps }, limits, isLong);
  const body = bodyLimit(ofMetrics.growth, limits.bodyBytes);
  const own = (spec.bodySizeLimit && prometheusBytes(spec.bodySizeLimit)) || undefined;
  // The limit of samples that the default number of labels brings needs no warning: hardly any answer has so many.
  const expected = isMapping && !spec.labelLimit ? share(limits.samples, usualLabels / mostMapped) : limits.samples;
  return {
    config: {
      ...(isMapping && { label_limit: spec.labelLimit || mostMapped }),
      ...(answer.samples < limits.samples && { sample_limit: lower(spec.sampleLimit, answer.samples) }),
      ...(body.bytes < limits.bodyBytes && { body_size_limit: `${lower(own, body.bytes)}B` }),
    },
    faults: [
      ...(answer.samples < lower(spec.sampleLimit, expected) ? [fewerSamples(place, answer)] : []),
      ...(body.bytes < lower(own, limits.bodyBytes) ? [fewerBytes(place, body)] : []),
    ],
  };
}

/** Most samples of an answer, and what the rules do for each of them, with the remedy. */
interface SampleLimit {
  readonly samples: number;
  readonly does: string;
  readonly remedy: string;
}

/** Returns most samples of an answer, up to those of the stack, for what rules do for each sample. */
function sampleLimit(
  { mapped, written, ownSteps }: { readonly mapped: number; readonly written: number; readonly ownSteps: number },
  limits: ScrapeSettings["limits"],
  isLong: boolean,
): SampleLimit {
  const added = Math.max(mapped, written);
  const [ofBytes, ofSteps] = [usualBytes / added, (usualSteps * limits.bodyBytes) / limits.samples / ownSteps];
  const samples = share(limits.samples, Math.min(ofBytes, ofSteps));
  if (ofSteps < ofBytes) {
    const does = `search ${ownSteps} times in texts of rules for each sample`;
    return { samples, does, remedy: "write fewer or simpler rules, or shorter texts" };
  }
  const lowered = `set a lower labelLimit${isLong ? " or labelValueLengthLimit" : ""}`;
  const does = `may add ${added} bytes of labels to each sample`;
  return { samples, does, remedy: mapped > written ? lowered : "add fewer labels" };
}

const fewerSamples = (place: string, { samples, does, remedy }: SampleLimit): MonitorFault =>
  fault(
    place,
    "field",
    `has rules that ${does}, so an answer may have ${samples} samples at most`,
    `Set sampleLimit to ${samples} or less, or ${remedy}`,
  );

/** Most bytes of an answer, and what the rules do with them that needs a limit. */
interface BodyLimit {
  readonly bytes: number;
  readonly does: "copy" | "search";
}

/** Returns most bytes of an answer for rules about its samples, up to the usual ones. */
function bodyLimit({ all, reach, texts, steps }: Growth, usual: number): BodyLimit {
  const longer = reach > 1 ? (mostLabelBytes - texts.longest) / reach / usual : 1;
  const [copied, searched] = [Math.min(usualGrowth / all, longer), usualSteps / steps];
  return { bytes: share(usual, Math.min(copied, searched)), does: copied < searched ? "copy" : "search" };
}

const fewerBytes = (place: string, { bytes, does }: BodyLimit): MonitorFault =>
  fault(
    `${place}.metricRelabelings`,
    "field",
    `${does} labels so much that an answer may have ${bytes} bytes at most`,
    `Set bodySizeLimit to ${bytes}B or less, or write fewer or simpler rules`,
  );

/** Returns a part of a limit, at least 1: the scraper reads 0 as no limit. */
const share = (limit: number, part: number): number => Math.max(1, Math.floor(limit * Math.min(1, part)));

/** Returns at most how many bytes of labels a sample has, if rules copy labels whose number is unknown. */
function mappedBytes(
  { labelLimit, labelValueLengthLimit }: MonitorSpec,
  target: Followed,
  metrics: Followed,
  isLong: boolean,
): number {
  // A rule may write a label that a labelmap copies as one of an object.
  const written = writtenLabels(target)
    .filter(({ name }) => name.startsWith("__meta_"))
    .map(({ copied, text }) => copied + text);
  const value = isLong
    ? lower(labelValueLengthLimit, mostCharacters)
    : Math.max(mostValue, target.text, metrics.text, ...written);
  const names = Math.max(target.growth.names, metrics.growth.names);
  return (labelLimit || mostMapped) * (labelBytes + (names > 1 ? names * mostOfLabel : mostValue) + value);
}

/** Whether a rule writes labels whose number is unknown. */
const mapsLabels = ({ action, regex = "", targetLabel = "" }: MonitorRelabeling): boolean =>
  actionOf(action) === "labelmap" ? !oneName.test(regex) : targetLabel.includes("$");

/**
 * Returns at most how many bytes of labels rules add to each sample, beside those that all targets have. `target` is the
 * labels that rules write to a target, `longest` the limit for values of the job.
 */
function addedBytes(
  { targetLabels = [], podTargetLabels = [] }: MonitorSpec,
  target: readonly WrittenLabel[],
  metrics: Followed,
  longest: number,
): number {
  const ofObjects = [...targetLabels, ...podTargetLabels].map((name) => name.length + mostValue);
  const ofTarget = target.map(({ name, copied, text }) => name.length + Math.min(longest, copied + text));
  // Copies of labels of a sample are part of the growth of an answer.
  const ofMetrics = writtenLabels(metrics).map(
    ({ name }) => name.length + Math.min(longest, metrics.growth.texts.of(name)),
  );
  const sum = [...ofObjects, ...ofTarget, ...ofMetrics].reduce((all, bytes) => all + labelBytes + bytes, 0);
  return sum * metrics.growth.maps;
}

/** A list of rules, and what becomes of labels behind all of them. */
interface Followed {
  readonly rules: readonly MonitorRelabeling[];
  readonly growth: Growth;
  /** The most characters that a rule writes itself. */
  readonly text: number;
}

/** Follows rules about targets; or those about metrics, which may copy the labels of a target, `longest` of each at most. */
function follow(
  rules: readonly MonitorRelabeling[],
  ofTarget: readonly WrittenLabel[] = [],
  longest = Infinity,
): Followed {
  const growth = new Growth();
  for (const { name, copied, text } of ofTarget) growth.texts.set(name, Math.min(longest, copied + text));
  for (const rule of rules) growth.add(rule);
  return { rules, growth, text: Math.max(0, ...rules.map(({ replacement = "" }) => replacement.length)) };
}

/** Labels of a target that its samples do not have. */
const isHidden = (name: string): boolean => name.startsWith("__");

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
  for (const { name, sourceLabels } of rules.flatMap(writtenBy)) {
    const times = growth.of(name);
    const copied =
      sourceLabels.length === 0 ? 0 : times * (sourceLabels.every(isObjectLabel) ? mostValue : mostOfLabel);
    written.set(name, { name, copied: Math.max(copied, written.get(name)?.copied ?? 0), text: times * text });
  }
  return [...written.values()];
}

/** Returns the label that a rule writes, if its name is known, and those that it copies. */
function writtenBy({
  action,
  regex = "",
  replacement = "$1",
  targetLabel = "",
  sourceLabels = [],
}: MonitorRelabeling): {
  readonly name: string;
  readonly sourceLabels: readonly string[];
}[] {
  if (actionOf(action) !== "labelmap")
    return targetLabel === "" || targetLabel.includes("$") ? [] : [{ name: targetLabel, sourceLabels }];
  if (!oneName.test(regex)) return [];
  const source = regex.replaceAll(/[()]/g, "");
  return [{ name: withFound(replacement, source), sourceLabels: [source] }];
}

const isObjectLabel = (source: string): boolean => /^__meta_kubernetes_[a-z]+_label(?:present)?_/.test(source);
