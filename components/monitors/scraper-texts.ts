import { fault, type Effect, type MonitorFault } from "./monitor-faults";

/**
 * Texts of monitors that the scraper cannot hold. The collector writes the scraper's configuration with one YAML library and
 * reads it with another one, which treats more characters as line breaks and white space. A text with such a character could
 * become other settings, such as another address or a file of the agent's pod. So it never reaches the scraper.
 */

/** Control characters, line breaks of Unicode, and what YAML cannot hold. */
const unsafeCharacter = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** A text that the scraper's YAML reads as the sign of a key. */
const keySign = /^\?(?: |$)/;

/** Names of the labels that a rule reads, as a monitor and as the scraper write them. The scraper has them in one line. */
const inOneLine: readonly string[] = ["sourceLabels", "source_labels"];

/** Characters that the scraper's YAML reads as the beginning of another value in such a line. */
const lineSign = /[?[{]|^:/;

/** Most bytes of a key that the scraper's YAML reads, with room for quotes: it stops at 1024. */
const longestKey = 1000;

/** Returns whether the scraper reads a text as it is. */
export const isSafeText = (text: string): boolean => !unsafeCharacter.test(text) && !keySign.test(text);

const isSafeKey = (key: string): boolean => isSafeText(key) && Buffer.byteLength(key) <= longestKey;

/**
 * Returns the faults of all texts in a part of a monitor's spec, each at its place. A place contains no name that the scraper
 * cannot hold.
 */
export function textFaults(value: unknown, place: string, effect: Effect): MonitorFault[] {
  const unsafe = (problem: string, remedy = usualRemedy): MonitorFault[] => [fault(place, effect, problem, remedy)];
  if (typeof value === "string") return isSafeText(value) ? [] : unsafe("has a text that the scraper cannot read");
  if (Array.isArray(value)) return value.flatMap((one, i) => textFaults(one, `${place}[${i}]`, effect));
  if (typeof value !== "object" || value === null) return [];
  if (!Object.keys(value).every(isSafeKey)) return unsafe("has a name that the scraper cannot read");
  const signs = inOneLine.flatMap((key) => ((value as Readonly<Record<string, unknown>>)[key] ?? []) as unknown[]);
  if (signs.some((one) => typeof one === "string" && lineSign.test(one)))
    return unsafe(
      "reads a label whose name the scraper cannot read",
      "Name no label with ?, [, { or a colon at the beginning in sourceLabels",
    );
  return Object.entries(value).flatMap(([key, one]) => textFaults(one, place === "" ? key : `${place}.${key}`, effect));
}

const usualRemedy = "Remove control characters, line breaks, and a question mark at the beginning";
