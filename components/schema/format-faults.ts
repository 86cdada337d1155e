/** The fault of a text that does not match its pattern. */
export interface FormatFault {
  /** A clause whose subject is the place: `is negative`. */
  readonly problem: string;
  /** The value to write. It contains nothing of the user's text but digits and units. Without it, the field's example is offered. */
  readonly write?: string;
}

type Explain = (text: string) => FormatFault;

const explanations = new Map<string, Explain>();

/** Registers who explains the texts that do not match a pattern, and returns the pattern. */
export function explained(pattern: RegExp, explain: Explain): RegExp {
  explanations.set(String(pattern), explain);
  return pattern;
}

/** Returns what is wrong with a text that does not match a pattern, if the pattern has an explanation. */
export function formatFault(pattern: string | undefined, text: unknown): FormatFault | undefined {
  if (pattern === undefined || typeof text !== "string") return undefined;
  return explanations.get(pattern)?.(text);
}
