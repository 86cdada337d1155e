import type { EngineEvent, SummaryEvent } from "@pulumi/pulumi/automation";
import { unreadReference } from "../components/credentials/unread-reference";
import type { Outcome } from "./decide";

/** What an update or a preview said, as far as it matters here. */
export interface Said {
  /** Rules of the policy pack that must hold, and do not. */
  readonly violations: readonly string[];
  readonly errors: readonly string[];
  /** Resources that were made, changed or removed, by the engine's name for the operation. */
  readonly changes: Readonly<Record<string, number>>;
}

export const nothingSaid: Said = { violations: [], errors: [], changes: {} };

/** Adds an event of the engine. */
export function hear(said: Said, { policyEvent, diagnosticEvent, summaryEvent }: EngineEvent): Said {
  if (policyEvent?.enforcementLevel === "mandatory") {
    const text = `${policyEvent.policyName}: ${plainText(policyEvent.message)}`;
    // A rule may find the same in several objects.
    return said.violations.includes(text) ? said : { ...said, violations: [...said.violations, text] };
  }
  if (diagnosticEvent?.severity === "error") {
    return { ...said, errors: [...said.errors, plainText(diagnosticEvent.message)] };
  }
  if (summaryEvent?.resourceChanges && !isPlan(summaryEvent)) {
    return { ...said, changes: { ...summaryEvent.resourceChanges } };
  }
  return said;
}

/** Of a preview. The engine says so in a field that its own type does not have. */
function isPlan(summary: SummaryEvent & { readonly isPreview?: boolean }): boolean {
  return summary.isPreview === true;
}

/** Why an update has ended as it did, in words for people. */
export interface Ending {
  readonly outcome: Outcome;
  /** Empty when all went well. */
  readonly message: string;
}

/** What follows from what was said by an update that has failed. `thrown` is told when the engine itself said nothing. */
export function failedEnding({ violations, errors }: Said, thrown: string): Ending {
  if (violations.length > 0) return { outcome: "refused", message: violations.join("\n") };
  // The engine adds that the update failed, which is no news.
  const told = errors.filter((text) => text !== "" && !/^(update|preview) failed$/.test(text));
  const message = told.join("\n") || lastLine(thrown);
  return { outcome: told.some(isRefusal) ? "refused" : "failed", message };
}

/** Findings about the user's own texts, except for those that only the cluster's silence has caused. */
function isRefusal(text: string): boolean {
  return /Invalid (pipeline|stack) configuration/.test(text) && !text.includes(unreadReference);
}

/** Whether objects may be others than before. What fails can have changed one that it does not count. */
export function mayHaveChanged({ outcome, changes }: { readonly outcome: Outcome; readonly changes: number }): boolean {
  return outcome !== "refused" || changes > 0;
}

/** Resources that an update has touched. */
export function changedResources({ changes }: Said): number {
  return Object.entries(changes).reduce((sum, [operation, count]) => (operation === "same" ? sum : sum + count), 0);
}

/** Without the engine's marks for colours. */
function plainText(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "").trim();
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
