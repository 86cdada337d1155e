/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { field, struct } from "../schema";
import type { Signal } from "../contract";

interface Vocabulary {
  readonly transform: readonly string[];
  readonly filter: readonly string[];
  readonly condition: string;
  readonly statement: string;
}

/** OTTL's contexts for the parts of an item. Every path starts with one of them. */
export const contexts: Readonly<Record<Signal, Vocabulary>> = {
  metrics: {
    transform: ["metric", "datapoint", "resource", "scope"],
    filter: ["metric", "datapoint", "resource", "scope"],
    condition: 'metric.name == "requests"',
    statement: 'set(datapoint.attributes["team"], "shop")',
  },
  traces: {
    transform: ["span", "spanevent", "resource", "scope"],
    filter: ["span", "resource", "scope"],
    condition: 'span.attributes["http.route"] == "/healthz"',
    statement: 'set(span.attributes["team"], "shop")',
  },
  logs: {
    transform: ["log", "resource", "scope"],
    filter: ["log", "resource", "scope"],
    condition: "log.severity_number > 0 and log.severity_number < SEVERITY_NUMBER_WARN",
    statement: 'set(log.attributes["team"], "shop")',
  },
};

const quoted = (text: string) => `'${text}'`;
const listed = (names: readonly string[]) => names.map((name) => `\`${name}.\``).join(", ");

/** A list of conditions or statements. */
const ottlTexts = (signal: Signal, use: "transform" | "filter", part: "condition" | "statement", what: string) => {
  const example = quoted(contexts[signal][part]);
  return field(z.array(field(z.string(), { description: `One ${part}.`, example })).default([]), {
    description: `OTTL ${part}s, ${what}`,
    example: `[${example}]`,
    rule: `Every path starts with its context: ${listed(contexts[signal][use])}.`,
  });
};

export const transform = (signal: Signal) => {
  const example = `{ statements: [${quoted(contexts[signal].statement)}] }`;
  const entry = struct({
    conditions: ottlTexts(
      signal,
      "transform",
      "condition",
      "the statements run where one of them holds, or always if the list is empty.",
    ),
    statements: ottlTexts(
      signal,
      "transform",
      "statement",
      "run in this order, at least one. A statement that fails on an item is logged and skipped.",
    ),
  });
  return field(z.array(field(entry, { description: "One step.", example })).default([]), {
    description: "Changes to the data, in this order.",
    example: `[${example}]`,
  });
};

export const filter = (signal: Signal) => {
  const example = `{ conditions: [${quoted(contexts[signal].condition)}] }`;
  const entry = struct({
    conditions: ottlTexts(signal, "filter", "condition", "an item is dropped where one holds. At least one."),
  });
  return field(z.array(field(entry, { description: "One set of conditions.", example })).default([]), {
    description: "Items to drop, decided after all transforms.",
    example: `[${example}]`,
  });
};
