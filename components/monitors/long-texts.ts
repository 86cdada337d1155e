import { literal } from "../collector";
import type { RelabelRule } from "../inputs";
import { beginningOfNames, mayBeEqual } from "./discovery-labels";
import { timesOfText } from "./group-references";
import { fault, type MonitorFault } from "./monitor-faults";
import {
  actionOf,
  searchingActions,
  textActions,
  type MonitorEndpoint,
  type MonitorRelabeling,
  type MonitorSpec,
} from "./monitor-object";
import { lower } from "./scrape-fields";

/**
 * Characters of a text that the regular expression of a monitor's rule may search. An annotation may have 256 KiB, and rules
 * may join it a hundred times. An expression with many repetitions would search that for hours, and the scraper finds no
 * other target, of any monitor, until it has searched all.
 */
export const mostCharacters = 1000;

/** Labels of discovery whose texts may be long. Those of other labels have at most 253 characters. */
const longLabel =
  /annotation_|_controller_|_container_i|_target_|_app_protocol|_topology_|_endpoint_zone$|^__param_|^__metrics_path__$|^endpoint$/;

/** Beginnings of the names of labels of objects, whose values have at most 63 characters. */
const objectLabel = /^__meta_kubernetes_(?:pod|service|namespace|node|endpointslice)_label(?:present)?_/;
/** Beginnings of the names of labels that may be long although no rule writes them. */
const longBeginnings: readonly string[] = ["__meta_", "__param_", "__metrics_path__", "endpoint"];

/** Expressions that need no search. */
const anyText: readonly string[] = ["", "(.*)", "(.+)", ".*", ".+"];

/** Rules that may copy a long text as it is. Each copy takes memory for each target of a pod. */
const mostCopies = 20;

/** Labels of this length that a rule joins, and characters between them, up to which the result is short. */
const mostJoined = 10;
export const mostOfLabel = 253;
/** Characters of a label that a rule writes, up to which it is short: usual labels, with some text of the rule. */
const mostShort = mostJoined * (mostOfLabel + 1) + mostCharacters;

/**
 * Returns for each rule whether it may search a long text, or make a longer one of it: the collector ends at a label of 16 MiB,
 * such as a hundred times an annotation.
 */
export const searchLongText = (rules: readonly MonitorRelabeling[]): readonly boolean[] =>
  follow(rules, "target").costly;

/** Returns whether rules of an endpoint may copy a long text to a label, or make one. */
export const mayBeLong = ({ relabelings = [], metricRelabelings = [] }: MonitorEndpoint): boolean =>
  follow(relabelings, "target").isLabelLong || follow(metricRelabelings, "metric").isLabelLong;

/**
 * Returns the limit for values of labels of an endpoint's job whose rules may copy a long text to a label, or make one. The scraper keeps a copy for each series: 2000 of them with an annotation of 250 KB took 600 MiB. Values that the
 * target itself sends have the limit of its answer.
 */
export function labelLimit(
  { labelValueLengthLimit: own }: MonitorSpec,
  place: string,
): { readonly config: object; readonly faults: readonly MonitorFault[] } {
  const config = { label_value_length_limit: lower(own, mostCharacters) };
  if ((own ?? 0) <= mostCharacters) return { config, faults: [] };
  const problem = `is higher than ${mostCharacters}, which applies to ${place}, because its rules may copy a long text to a label`;
  const remedy = `Copy no annotation and no long text to a label, or write at most ${mostCharacters}`;
  return { config, faults: [fault("labelValueLengthLimit", "field", problem, remedy)] };
}

function follow(
  rules: readonly MonitorRelabeling[],
  of: "target" | "metric",
): {
  readonly costly: readonly boolean[];
  readonly isLabelLong: boolean;
} {
  const isTarget = of === "target";
  const written = new Map<string, number>();
  /** Labels to which rules may have written a long text. */
  const long = new Set<string>();
  let isAnyLong = false;
  let copies = 0;
  const lengthOf = (label: string): number =>
    isAnyLong ? Infinity : (written.get(label) ?? (isTarget && longLabel.test(label) ? Infinity : mostOfLabel));
  const costly = rules.map((rule) => {
    const {
      sourceLabels = [],
      targetLabel = "",
      separator = ";",
      regex = "",
      replacement = "$1",
      action: given,
    } = rule;
    const action = actionOf(given);
    const joined = sourceLabels.reduce((sum, label) => sum + lengthOf(label) + separator.length, 0);
    const reads = joined > mostJoined * (mostOfLabel + 1) || separator.length > mostJoined;
    const found = action !== "replace" || replacement.includes("$") ? joined * timesOfText(rule) : 0;
    const length = found + replacement.length;
    const writes = textActions.includes(action) && (reads || replacement.length > mostCharacters);
    if (action === "labelmap") isAnyLong ||= (isTarget && mapsLongLabel(regex)) || mapsAnyOf(long, regex);
    else if (targetLabel.includes("$")) isAnyLong ||= writes || length > mostShort;
    else if (textActions.includes(action)) {
      const most = Math.max(writes ? Infinity : length, lengthOf(targetLabel));
      written.set(targetLabel, most > mostShort ? Infinity : most);
      if (most > mostShort) long.add(targetLabel);
    }
    if (!reads) return false;
    const isSearch = searchingActions.includes(action) && !anyText.includes(regex);
    return isSearch || sourceLabels.length > 1 || timesOfText(rule) > 1 || ++copies > mostCopies;
  });
  const isKept = (label: string): boolean => !label.startsWith("__") || (!isTarget && label === "__name__");
  const isLabelLong = isAnyLong || [...long].some(isKept);
  return { costly, isLabelLong };
}

/** Returns whether a labelmap may copy one of these labels. */
function mapsAnyOf(labels: ReadonlySet<string>, regex: string): boolean {
  const start = beginningOfNames(regex);
  return [...labels].some((label) => label.startsWith(start));
}

/** Returns whether a labelmap may copy a long label of discovery. */
function mapsLongLabel(regex: string): boolean {
  const start = beginningOfNames(regex);
  return longBeginnings.some((one) => mayBeEqual(one, start)) && !objectLabel.test(start);
}

/** Returns a rule that drops targets for which a rule would search a long text. */
export const dropLongText = ({ sourceLabels = [], separator }: MonitorRelabeling): RelabelRule => ({
  action: "drop",
  source_labels: sourceLabels.map(literal),
  ...(separator !== undefined && { separator: literal(separator) }),
  regex: `.{${mostCharacters}}.+`,
});
