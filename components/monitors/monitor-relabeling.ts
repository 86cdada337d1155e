import { literal } from "../collector";
import { dropMarked, guardLabel, guardMark, type RelabelRule } from "../inputs";
import { goRegexFault } from "./go-regex";
import { dropLongText, searchLongText } from "./long-texts";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, type MonitorRelabeling } from "./monitor-object";

const actions = [
  "replace",
  "keep",
  "drop",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
  "keepequal",
  "dropequal",
] as const;
type Action = (typeof actions)[number];

const writing: readonly Action[] = ["replace", "hashmod", "lowercase", "uppercase"];
const comparing: readonly Action[] = ["keepequal", "dropequal"];
const selecting: readonly Action[] = ["labeldrop", "labelkeep"];
const dropping: readonly Action[] = ["keep", "drop", ...comparing];

/** Returns the scraper's form of rules about a target that `relabelingFaults` has accepted. */
export function targetRelabelRules(rules: readonly MonitorRelabeling[]): RelabelRule[] {
  const isGuarded = searchLongText(rules);
  return rules.flatMap((one, i) => [
    ...(isGuarded[i] ? [dropLongText(one)] : []),
    scraperRule(one),
    ...(makesName(one) ? [dropMarked] : []),
  ]);
}

/** Returns the scraper's form of rules about metrics that `relabelingFaults` has accepted. */
export function metricRelabelRules(rules: readonly MonitorRelabeling[]): RelabelRule[] {
  return rules.map(scraperRule);
}

function scraperRule(rule: MonitorRelabeling): RelabelRule {
  const { sourceLabels = [], targetLabel, modulus } = rule;
  const action = actionOf(rule.action);
  // The scraper takes no other field beside these, not even with its usual value.
  const { separator, regex, replacement } = isOneOf(comparing, action) ? {} : rule;
  return {
    ...(sourceLabels.length > 0 && { source_labels: sourceLabels.map(literal) }),
    ...(separator !== undefined && { separator: literal(separator) }),
    ...(targetLabel && { target_label: literal(targetLabel) }),
    ...(regex && { regex: literal(action === "labelkeep" ? `(?:${regex})|${guardLabel}` : regex) }),
    ...(modulus && { modulus }),
    ...(replacement !== undefined && { replacement: literal(replacement) }),
    action,
  };
}

/** Whether any rule could drop a target, or make the agent drop it. */
export const mayDrop = (rules: readonly MonitorRelabeling[]): boolean =>
  rules.some((rule) => isOneOf(dropping, actionOf(rule.action)) || hasFixedAddress(rule)) ||
  searchLongText(rules).includes(true);

/** Whether a rule moves targets to an address that is the same for all of them. */
const hasFixedAddress = ({ targetLabel, replacement = "$1", action }: MonitorRelabeling): boolean =>
  actionOf(action) === "replace" && targetLabel === "__address__" && !replacement.includes("$");

/** Whether a rule makes the name of a label from the values of other labels. */
const makesName = ({ targetLabel = "", action }: MonitorRelabeling): boolean =>
  actionOf(action) === "replace" && targetLabel.includes("$");

const isOneOf = (list: readonly Action[], action: string): boolean => list.some((one) => one === action);

/**
 * Returns the faults of rules. A rule that Prometheus cannot read rejects the monitor, as with the operator. A rule that
 * could move a target to another address without notice costs its endpoint.
 */
export function relabelingFaults(
  place: string,
  rules: readonly MonitorRelabeling[],
  of: "target" | "metric",
): MonitorFault[] {
  return rules.flatMap((rule, i) => {
    const at = `${place}[${i}]`;
    const [problem, remedy = "Correct the rule as Prometheus' documentation of relabel_config describes"] =
      ruleFault(rule) ?? [];
    if (problem !== undefined) return [fault(at, "monitor", problem, remedy)];
    if (of === "metric") return [];
    const reserved = reservedFault(rule);
    if (reserved !== undefined) return [fault(at, "endpoint", ...reserved)];
    if (hasFixedAddress(rule)) return [fault(at, "field", ...fixedAddress)];
    return rule.targetLabel !== undefined && scrapeTimeLabels.includes(rule.targetLabel)
      ? [
          fault(
            at,
            "field",
            "changes how often targets are scraped, which is not applied",
            "Set the endpoint's interval",
          ),
        ]
      : [];
  });
}

const fixedAddress = [
  "moves targets to a fixed address, and targets at another address than their pod's are not scraped",
  "Remove the rule. Exporters that ask other addresses, such as the blackbox exporter, need a scraper of their own",
] as const;

/** Labels that the scraper obeys, so a rule could scrape more often than the stack's minimum. */
export const scrapeTimeLabels = ["__scrape_interval__", "__scrape_timeout__"];

type Words = readonly [problem: string, remedy?: string];

/** States why Prometheus would not accept a rule. */
function ruleFault(rule: MonitorRelabeling): Words | undefined {
  const {
    sourceLabels = [],
    separator,
    targetLabel = "",
    regex = "",
    modulus = 0,
    replacement,
    action: written,
  } = rule;
  const action = actions.find((one) => one === actionOf(written));
  if (action === undefined) return ["has an unknown action", `Write one of ${actions.join(", ")}`];
  const syntax = goRegexFault(regex);
  if (syntax !== undefined) return [`has a regex that ${syntax}`, "Write the expression in RE2 syntax"];
  if (sourceLabels.includes("")) return ["has a source label without a name"];
  if (modulus < 0) return ["has a modulus below zero"];
  if (action === "hashmod" && modulus === 0) return ["has the action hashmod without a modulus"];
  if ([...writing, ...comparing].includes(action) && targetLabel === "")
    return [`has the action ${action} without a targetLabel`];
  if (action === "labelmap" && replacement === "") return ["has the action labelmap with an empty replacement"];
  const isUsual = (replacement ?? "$1") === "$1";
  if ((action === "lowercase" || action === "uppercase") && !isUsual)
    return [`has a replacement, which ${action} does not take`];
  const others = (regex !== "" && regex !== "(.*)") || modulus !== 0 || (separator ?? ";") !== ";" || !isUsual;
  if (comparing.includes(action) && others)
    return [`has fields other than sourceLabels and targetLabel, which ${action} does not take`];
  const notRegex =
    sourceLabels.length > 0 || targetLabel !== "" || modulus !== 0 || (separator ?? ";") !== ";" || !isUsual;
  if (selecting.includes(action) && notRegex) return [`has fields other than regex, which ${action} does not take`];
  return undefined;
}

/**
 * States why a rule could write the labels that keep a target at its pod. These have a character in their names that no
 * label of discovery has, and labels of parameters that have it are removed. So a rule can only write them if its own texts
 * have it, or if a label's value becomes a name.
 */
function reservedFault({
  targetLabel = "",
  replacement = "",
  action: written,
}: MonitorRelabeling): readonly [string, string] | undefined {
  const action = actionOf(written);
  const names = action === "labelmap" ? replacement : targetLabel;
  if (names.includes(guardMark)) return [`writes a label with ${guardMark} in its name`, "Choose another name"];
  if (!makesName({ targetLabel, action }) || /^[^_$]/.test(targetLabel)) return undefined;
  return [
    "makes the beginning of a label's name from other labels, so it could change the address of a target",
    "Begin targetLabel with a fixed letter, such as tag_${1}",
  ];
}
