import { Document, visit } from "yaml";

/**
 * The collector expands `$` references in every string of its configuration; a doubled `$` is one that is meant.
 * All text that comes from users goes through here, so none of it can read a file or variable of the collector. Half a
 * surrogate pair is no character, and YAML's escape of one would be refused: it becomes what UTF-8 has in its place.
 */
export function literal(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd").replaceAll("$", "$$$$");
}

/**
 * The content of a mounted file as a value; the collector reads it when it starts. It has to be the whole value: next
 * to other text it would not be expanded where that has an escaped reference.
 */
export function fromFile(path: string): string {
  return `\${file:${path}}`;
}

/** Seconds as every part of the collector reads them: the scraper takes no fractions. */
export function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

/** An address and a path below it. */
export function joinPath(base: string, path: string): string {
  return `${base.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** A string literal of the OpenTelemetry Transformation Language, for use inside a statement of ours. */
export function ottlString(text: string): string {
  return JSON.stringify(text);
}

/** What YAML takes for a line break, or refuses, wherever it is not escaped. */
const odd = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Text with strings in double quotes, such as JSON, so that the collector's YAML reader takes them as they are. */
export function escapeOdd(text: string): string {
  return text.replace(odd, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same value gives the same bytes, whatever the order in which its parts were put together. */
export function renderYaml(value: unknown): string {
  const document = new Document(value, { sortMapEntries: true, aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && node.value.search(odd) >= 0) node.type = "QUOTE_DOUBLE";
    },
  });
  return escapeOdd(document.toString({ lineWidth: 0 }));
}
