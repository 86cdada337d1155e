import type { LimitRange } from "./limit-ranges";

/** A pod that the API server refused, and the surroundings that the message needs. */
export interface RefusedPod {
  /** The API server's words. */
  readonly detail: string;
  readonly namespace: string;
  /** Name of the settings of the collector whose pod is refused. */
  readonly collector: string;
  /** LimitRanges of the namespace, if they could be read. */
  readonly ranges?: readonly LimitRange[];
}

/** The rest of a sentence about the refused pod, and the remedy, both without a full stop. */
export interface Explanation {
  readonly problem: string;
  readonly remedy: string;
}

/** Joins names: `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Joins phrases to one sentence, which begins with a capital letter. */
export function sentenceOf(phrases: readonly string[]): string {
  return [...new Set(phrases)].join(", and ").replace(/^./, (first) => first.toUpperCase());
}
