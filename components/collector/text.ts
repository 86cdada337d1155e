import { stringify } from "yaml";

/**
 * The collector expands `$` references in every string of its configuration; a doubled `$` is one that is meant.
 * All text that comes from users goes through here, so none of it can read a file or variable of the collector.
 */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
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

/** The same value gives the same bytes, whatever the order in which its parts were put together. */
export function renderYaml(value: unknown): string {
  return stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}
