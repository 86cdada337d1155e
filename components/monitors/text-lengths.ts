import { references, timesOfText, withFound } from "./group-references";
import { actionOf, textActions, type MonitorRelabeling } from "./monitor-object";

/** Follows how many times as long as an answer labels may be: labels that an answer has are together no longer. */
export class Reaches {
  longest = 1;
  private readonly written = new Map<string, number>();
  /** That of labels that no rule has written by their names. They may be equal behind a rule that copies labels. */
  private any = 1;
  private areEqual = false;

  add(rule: MonitorRelabeling): void {
    const { sourceLabels = [], targetLabel = "", replacement = "$1" } = rule;
    const action = actionOf(rule.action);
    const others = sourceLabels.filter((label) => !this.written.has(label));
    const equal = this.areEqual ? 0 : Math.max(0, new Set(others).size - 1);
    const ofWritten = sourceLabels.reduce((sum, label) => sum + (this.written.get(label) ?? 0), 0);
    const read = ofWritten + (others.length - equal) * this.any;
    if (textActions.includes(action) && (action !== "replace" || references(replacement) > 0)) {
      const most = Math.max(read * timesOfText(rule), this.written.get(targetLabel) ?? this.any);
      this.written.set(targetLabel, most);
      this.longest = Math.max(this.longest, most);
    }
    if (action !== "labelmap" && references(targetLabel) === 0) return;
    this.areEqual = true;
    this.any = this.longest;
    for (const [label, length] of this.written) this.written.set(label, Math.max(length, this.any));
  }
}

/** Follows how many characters labels may have that are not from a sample. */
export class OwnTexts {
  /** Characters of the names of all these labels. */
  names = 0;
  /** The most characters of one. */
  longest = 0;
  private readonly lengths = new Map<string, number>();
  /** Those of any label. */
  private any = 0;

  of(label: string): number {
    return Math.max(this.any, this.lengths.get(label) ?? 0);
  }

  set(label: string, length: number): void {
    if (!this.lengths.has(label)) this.names += label.length;
    const most = Math.max(length, this.of(label));
    this.lengths.set(label, most);
    this.longest = Math.max(this.longest, most);
  }

  /** Adds what the next rule writes. Returns how many of the characters it reads. */
  add(rule: MonitorRelabeling): number {
    const { sourceLabels = [], separator = ";", targetLabel = "", replacement = "$1" } = rule;
    const action = actionOf(rule.action);
    const between = separator.length * Math.max(0, sourceLabels.length - 1);
    const read = sourceLabels.reduce((sum, label) => sum + this.of(label), between);
    const found = references(replacement) > 0 ? read * timesOfText(rule) : 0;
    const text = withFound(replacement, "").length;
    if (textActions.includes(action)) this.set(targetLabel, action === "replace" ? found + text : read);
    if (action === "labelmap" || references(targetLabel) > 0) this.any = this.longest;
    return read;
  }
}
