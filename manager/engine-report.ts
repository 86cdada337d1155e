import type { EngineEvent, SummaryEvent } from "@pulumi/pulumi/automation";
import type { Finding } from "../components/schema";
import type { Outcome } from "./decide";
import { isOnlyFailure, plainText } from "./engine-texts";

/** The parts of an update's or a preview's events that matter to the manager. */
export interface EngineReport {
  /** Violations of mandatory rules of the policy pack. */
  readonly violations: readonly string[];
  readonly errors: readonly string[];
  /** The number of created, changed and deleted resources, by the engine's name for the operation. */
  readonly changes: Readonly<Record<string, number>>;
}

export const emptyReport: EngineReport = { violations: [], errors: [], changes: {} };

/** Adds an event of the engine. */
export function addEvent(
  report: EngineReport,
  { policyEvent, diagnosticEvent, summaryEvent }: EngineEvent,
): EngineReport {
  if (policyEvent?.enforcementLevel === "mandatory") {
    const text = `${policyEvent.policyName}: ${plainText(policyEvent.message)}`;
    // One rule may report the same violation for several objects.
    return report.violations.includes(text) ? report : { ...report, violations: [...report.violations, text] };
  }
  if (diagnosticEvent?.severity === "error") {
    return { ...report, errors: [...report.errors, plainText(diagnosticEvent.message)] };
  }
  if (summaryEvent?.resourceChanges && !isOfPreview(summaryEvent)) {
    return { ...report, changes: { ...summaryEvent.resourceChanges } };
  }
  return report;
}

/** The engine sends the field `isPreview`, but its type lacks it. */
function isOfPreview(summary: SummaryEvent & { readonly isPreview?: boolean }): boolean {
  return summary.isPreview === true;
}

/** The way in which an update failed. */
export interface Failure {
  readonly outcome: Extract<Outcome, "refused" | "failed">;
  /** The reason, for people. */
  readonly message: string;
}

/**
 * Judges a failed update by the engine's report and by the findings that the program recorded. `thrown` is the message if
 * the engine reported no error.
 */
export function failureOf({ violations, errors }: EngineReport, findings: readonly Finding[], thrown: string): Failure {
  if (violations.length > 0) return { outcome: "refused", message: violations.join("\n") };
  const messages = errors.filter((text) => text !== "" && !isOnlyFailure(text));
  return { outcome: areUsersErrors(findings) ? "refused" : "failed", message: messages.join("\n") || lastLine(thrown) };
}

const codesOfCluster: readonly Finding["code"][] = ["SecretNotRead", "MonitorsNotRead", "ClusterUnfit"];

/** Findings are errors of the user, except those about the cluster: the next update may find another state of it. */
function areUsersErrors(findings: readonly Finding[]): boolean {
  return findings.length > 0 && !findings.some(({ code }) => codesOfCluster.includes(code));
}

/** Returns whether an update may have changed objects. A failed update can have changed one that it does not count. */
export function mayHaveChanged({ outcome, changes }: { readonly outcome: Outcome; readonly changes: number }): boolean {
  return outcome !== "refused" || changes > 0;
}

/** Counts the resources that an update has created, changed or deleted. */
export function changedResources({ changes }: EngineReport): number {
  return Object.entries(changes).reduce((sum, [operation, count]) => (operation === "same" ? sum : sum + count), 0);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
