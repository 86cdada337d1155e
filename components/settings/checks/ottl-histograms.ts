import { type Finding, warning } from "../../schema";
import type { Token } from "./ottl-tokens";

/** Ends of names that nearly only parts of histograms and summaries have. */
const part = /_bucket$|_(seconds|milliseconds|ms|bytes|duration|latency|size|time)_(count|sum)$/;

/** Most names of a pattern that are read: groups multiply them. */
const mostNames = 1000;

/** Returns whether a name, or one that a pattern spells out, is that of a part of a histogram or summary. */
export function namesPart(pattern: string): boolean {
  const names = new Set<string>();
  for (const name of alternatives(pattern)) {
    if (names.size === mostNames) break;
    names.add(name.replace(/\$$/, ""));
  }
  const hasSum = (name: string): boolean => name.endsWith("_count") && names.has(name.replace(/count$/, "sum"));
  return [...names].some((name) => part.test(name) || hasSum(name));
}

/** The names that a pattern spells out, each with one choice of each group. An optional or repeated group spells none. */
function* alternatives(pattern: string): Generator<string> {
  const group = /\((?:\?:)?([^()]*)\)([*+?{]?)/.exec(pattern);
  if (group === null) return yield* pattern.split("|");
  const [text, choices = "", quantifier] = group;
  const [before, after] = [pattern.slice(0, group.index), pattern.slice(group.index + text.length)];
  for (const choice of quantifier ? ["*"] : choices.split("|")) yield* alternatives(before + choice + after);
}

/** The parts that each point of a scraped histogram or summary holds, by their label in the Prometheus format. */
const held: ReadonlyMap<string, { readonly kind: string; readonly parts: string }> = new Map([
  ['"le"', { kind: "histogram", parts: "buckets" }],
  ['"quantile"', { kind: "summary", parts: "quantiles" }],
]);

/** Warns about labels of the Prometheus format that points do not have. */
export function histogramLabels(all: readonly Token[], path: string): Finding[] {
  const read = all.filter((_, i) => isAttribute(all, i) && !(all[0]?.text === "set" && i === 6));
  return [...new Set(read.map(({ text }) => text))].flatMap((label) => {
    const { kind = "", parts = "" } = held.get(label) ?? {};
    return [
      warning(
        path,
        `reads the attribute \`${label}\`, but a point of a scraped ${kind} holds all its ${parts} and has no such attribute`,
        "Choose the whole metric by its name; if a metric has this attribute, add ` and metric.type == METRIC_DATA_TYPE_GAUGE` with its type",
      ),
    ];
  });
}

/** Whether the token at an index is such a label in `datapoint.attributes["le"]`. */
const isAttribute = (all: readonly Token[], i: number): boolean =>
  held.has(all[i]?.text ?? "") &&
  all
    .slice(Math.max(0, i - 4), i)
    .map(({ text }) => text)
    .join("") === "datapoint.attributes[";
