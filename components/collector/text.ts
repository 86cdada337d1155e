import { Document, visit } from "yaml";
import { mostObjectBytes } from "../contract";
import { withEqualParts } from "./equal-parts";

/**
 * Makes the collector read a text literally. The collector expands `$` references in every string of its configuration;
 * `$$` stands for a literal `$`. All text of users passes through here, so it can't read a file or variable of the
 * collector. Half a surrogate pair is not a character, and the collector would reject its YAML escape. So it becomes
 * U+FFFD, the replacement character.
 */
export function literal(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd").replaceAll("$", "$$$$");
}

/**
 * Returns a reference to the content of a mounted file, which the collector reads when it starts. The reference must be
 * the whole value: if there is other text with an escaped reference, the collector does not expand it.
 */
export function fromFile(path: string): string {
  return `\${file:${path}}`;
}

/** Writes seconds so that every part of the collector can read them: the scraper accepts no fractions. */
export function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

/** Joins an address and a path below it. */
export function joinPath(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** Quotes text as a string literal of the OpenTelemetry Transformation Language, for use in our own statements. */
export function ottlString(text: string): string {
  return JSON.stringify(text);
}

/** Characters that YAML reads as a line break, or rejects, unless they are escaped. */
const odd = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Matches texts that the collector's YAML library reads as a number or a time, but ours does not, unless they are quoted:
 * `1_000` would become `1000`, and `2001-01-01` would become `2001-01-01T00:00:00Z`.
 */
const unlikeText = new RegExp(
  [
    String.raw`^[-+]?[\d.][\w.+-]*_[\w.+-]*$`,
    "^[-+]?0[box]",
    String.raw`^\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{1,2}:\d{1,2}(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)?)?$`,
  ].join("|"),
  "i",
);

/** Escapes these characters in JSON or in YAML with double quotes, so that the collector reads them unchanged. */
export function escapeOdd(text: string): string {
  return text.replace(odd, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Characters of JSON from which a configuration has equal parts once: below, people read it more easily without aliases. */
const longText = mostObjectBytes / 4;

/**
 * Renders a value as YAML. Equal values give equal bytes, whatever the order of their keys. In a long text, equal parts
 * are aliases of the first one: the scrape jobs of hundreds of monitors differ in a few rules only.
 */
export function renderYaml(value: unknown): string {
  const isLong = JSON.stringify(value).length > longText;
  return rendered(
    isLong
      ? new Document(withEqualParts(value))
      : new Document(value, { sortMapEntries: true, aliasDuplicateObjects: false }),
  );
}

function rendered(document: Document): string {
  visit(document, {
    Scalar: (_, node) => {
      const { value } = node;
      if (typeof value === "string" && (value.search(odd) >= 0 || unlikeText.test(value))) node.type = "QUOTE_DOUBLE";
    },
  });
  return escapeOdd(document.toString({ lineWidth: 0 }));
}
