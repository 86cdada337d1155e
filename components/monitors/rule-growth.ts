import { beginningOfNames, mayBeEqual } from "./discovery-labels";
import { goRegexThreads } from "./go-regex";
import { references, timesOfText } from "./group-references";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, searchingActions, textActions, type MonitorRelabeling } from "./monitor-object";
import { OwnTexts, Reaches } from "./text-lengths";

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
export class Growth {
  /** Steps of all searches for each character of the labels. */
  steps = 0;
  /** How many times as long all labels may be together, without the rules' own texts. */
  all = 1;
  /** How many times as many labels there may be because of labelmaps. */
  maps = 1;
  /** How many times as long names of labels may be that rules make from other names or from values. */
  names = 1;
  /** Steps of all searches of a sample for texts that it has not sent: those of rules, and of labels of its target. */
  ownSteps = 0;
  private readonly values = new Map<string, number>();
  /** The most of these. */
  private longest = 0;
  /** That of any label: a rule that makes names from other labels may write each of them. */
  private any = 1;
  private copies = 0;
  private doublings = 0;

  /** How many times as long as the longest text of an answer a label or a name may be, without the rules' own texts. */
  get reach(): number {
    return Math.max(this.reaches.longest, this.names);
  }

  readonly texts = new OwnTexts();
  private readonly reaches = new Reaches();

  constructor(private readonly mostDoublings = mostCopies) {}

  /** Returns how many times as long a label may be. */
  of(label: string): number {
    return Math.max(this.any, this.values.get(label) ?? 1);
  }

  /** Returns how much longer all labels are together with a value of a label. A rule may write a label again. */
  private added(label: string, value: number): number {
    return references(label) > 0 ? value * (1 + references(label)) : value - (this.values.get(label) ?? 0);
  }

  /** Returns what is wrong with the next rule, if anything, and the remedy. */
  add(rule: MonitorRelabeling): readonly [string, string] | undefined {
    const { sourceLabels = [], targetLabel = "", replacement = "$1", regex = "(.*)", action: written } = rule;
    const action = actionOf(written);
    const joined = sourceLabels.reduce((sum, label) => sum + this.of(label), 0);
    const value = action === "replace" ? Math.max(1, joined) * timesOfText(rule) : joined;
    const unwritten = new Set(sourceLabels.filter((label) => !this.values.has(label)));
    // Labels that no rule has written are together no longer than all of them.
    const read = joined - Math.max(0, unwritten.size - 1) * this.any;
    const ofNames = action.startsWith("label") ? goRegexThreads(regex) : 0;
    // Other actions read each character of the labels once, such as for a hash.
    const ofValues = searchingActions.includes(action) ? goRegexThreads(regex) : 1;
    this.steps += read * ofValues + this.all * ofNames;
    this.ownSteps += this.texts.add(rule) * ofValues + this.texts.names * ofNames;
    this.reaches.add(rule);
    if (action === "labelmap") {
      const times = timesOfText(rule);
      this.names *= times;
      this.any = Math.max(this.any, this.longest);
      if (replacement.length > mostNameText) return longNames;
      if (references(replacement) === 0 || oneName.test(regex)) this.all += this.any;
      else {
        this.all *= 1 + times;
        this.maps *= 2;
        this.copies++;
        if (!isOfDiscovery(rule)) this.doublings++;
      }
    } else if (textActions.includes(action)) {
      // A rule that does not apply leaves the label as it is.
      const most = Math.max(value, this.of(targetLabel));
      if (action !== "replace" || references(replacement) > 0) this.all += this.added(targetLabel, most);
      this.values.set(targetLabel, most);
      this.longest = Math.max(this.longest, most);
      if (references(targetLabel) > 0) {
        this.names = Math.max(this.names, value * references(targetLabel));
        this.any = Math.max(this.any, value);
      }
    }
    if (Math.max(value, this.names) > mostGrowth) return tooLong;
    if (this.copies > mostCopies) return tooMany(mostCopies);
    return this.doublings > this.mostDoublings ? tooMany(this.mostDoublings) : undefined;
  }
}

/** Matches a regular expression that only one name matches. */
export const oneName = /^[\w()]+$/;

const discovered = "__meta_kubernetes_";

/** Returns whether a labelmap copies only labels of discovery, to names that no other such labelmap copies again. */
function isOfDiscovery({ regex = "", replacement = "$1" }: MonitorRelabeling): boolean {
  const [start = ""] = replacement.split("$");
  const isOther = start === "" ? !regex.startsWith("(") : !mayBeEqual(start, discovered);
  return isOther && beginningOfNames(regex).startsWith(discovered);
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
