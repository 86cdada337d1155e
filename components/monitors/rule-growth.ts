import { goRegexFault } from "./go-regex";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, type MonitorRelabeling } from "./monitor-object";

/**
 * How many times as long rules may make a label. An annotation may have 256 KiB, and a rule that joins a label to itself
 * doubles it: thirty such rules would take the memory of every agent that has a target.
 */
const mostGrowth = 100;

/** Rules that may copy many labels. */
const mostCopies = 8;

/**
 * Rules about targets that may copy the copies of other ones, so that each doubles the number of labels. The scraper compares
 * each label with all others: four such rules kept an agent for minutes from finding targets, for a pod with 3000 annotations.
 */
const mostDoublings = 2;

/** Characters that a rule may add to the name of each label that it copies. A pod may have tens of thousands of them. */
const mostNameText = 200;

/** Reports the first rule of a list that could take much of an agent's memory, however short the list is. */
export function ruleGrowthFaults(
  place: string,
  rules: readonly MonitorRelabeling[],
  of: "target" | "metric",
): MonitorFault[] {
  const growth = new Growth(of === "target" ? mostDoublings : mostCopies);
  for (const [i, rule] of rules.entries()) {
    const problem = growth.add(rule);
    if (problem !== undefined) return [fault(`${place}[${i}]`, "monitor", ...problem)];
  }
  return [];
}

/** Follows how many times as long labels may be, whatever their values are. A rule's own text counts as a label. */
class Growth {
  private readonly values = new Map<string, number>();
  /** That of any label: a rule that makes names from other labels may write each of them. */
  private any = 1;
  private names = 1;
  private copies = 0;
  private doublings = 0;

  constructor(private readonly mostDoublings: number) {}

  /** Returns what is wrong with the next rule, if anything, and the remedy. */
  add(rule: MonitorRelabeling): readonly [string, string] | undefined {
    const { sourceLabels = [], targetLabel = "", replacement = "$1", regex = "(.*)", action: written } = rule;
    const action = actionOf(written);
    const joined = sourceLabels.reduce((sum, label) => sum + this.valueOf(label), 0);
    const value = action === "replace" ? Math.max(1, joined) * timesOfText(rule) : joined;
    if (action === "labelmap") {
      this.names *= Math.max(1, references(replacement));
      this.any = Math.max(this.any, ...this.values.values());
      if (replacement.length > mostNameText) return longNames;
      if (references(replacement) > 0 && !oneName.test(regex)) this.copies++;
      if (references(replacement) > 0 && !oneName.test(regex) && !isOfDiscovery(rule)) this.doublings++;
    } else if (["replace", "lowercase", "uppercase"].includes(action)) {
      // A rule that does not apply leaves the label as it is.
      this.values.set(targetLabel, Math.max(value, this.valueOf(targetLabel)));
      if (references(targetLabel) > 0) {
        this.names = Math.max(this.names, value * references(targetLabel));
        this.any = Math.max(this.any, value);
      }
    }
    if (Math.max(value, this.names) > mostGrowth) return tooLong;
    if (this.copies > mostCopies) return tooMany(mostCopies);
    return this.doublings > this.mostDoublings ? tooMany(this.mostDoublings) : undefined;
  }

  private valueOf(label: string): number {
    return Math.max(this.any, this.values.get(label) ?? 1);
  }
}

/** Matches a regular expression that only one name matches. */
const oneName = /^\(?\w+\)?$/;

/** Returns whether a labelmap copies only labels of discovery, to names that no other such labelmap copies again. */
const isOfDiscovery = ({ regex = "", replacement = "$1" }: MonitorRelabeling): boolean =>
  /^\(?__meta_kubernetes_[^|]*$/.test(regex) &&
  (/^[a-z]/i.test(replacement) || (replacement.startsWith("$") && !regex.startsWith("(")));

/** Returns how often a text refers to what an expression has found. */
const references = (text: string): number => text.split("$").length - 1;

/** Returns how often the result of a rule may have the text that its expression has found. */
export function timesOfText({ regex = "(.*)", replacement = "$1" }: MonitorRelabeling): number {
  const names = [...replacement.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(([, braced, plain]) => braced ?? plain);
  const times = Math.max(1, references(replacement));
  const areNumbers = names.length === times && names.every((name) => /^[1-9]$/.test(name ?? ""));
  return times > 1 && areNumbers && new Set(names).size === times && hasGroupsApart(regex) ? 1 : times;
}

/** The parts of an expression that show where its groups begin and end: escapes, classes of characters and parentheses. */
const groupSigns = /\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\??|\)/gs;

/** Returns whether no group of an expression is part of another one, so that together they find each character once. */
function hasGroupsApart(regex: string): boolean {
  if (goRegexFault(regex) !== undefined || /\\Q|\(\?P?</.test(regex)) return false;
  const open: boolean[] = [];
  for (const [sign] of regex.matchAll(groupSigns)) {
    if (sign === "(" && open.includes(true)) return false;
    if (sign.startsWith("(")) open.push(sign === "(");
    if (sign === ")") open.pop();
  }
  return true;
}

const tooLong = [
  `could make a label more than ${mostGrowth} times as long`,
  "Read fewer labels, and do not write a label from itself several times",
] as const;
const longNames = [
  `adds more than ${mostNameText} characters to the names of labels`,
  "Write a shorter replacement",
] as const;
const tooMany = (most: number): readonly [string, string] => [
  `is one of more than ${most} with the action labelmap, each of which could double the number of labels`,
  "Map several labels by one rule",
];
