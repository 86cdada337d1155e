/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- the type of a schema is the schema itself */
import { z } from "zod";
import { field, struct } from "./fields";
import type { Signal } from "./types";

interface Vocabulary {
  readonly transform: readonly string[];
  readonly filter: readonly string[];
  readonly condition: string;
  readonly statement: string;
}

/** What OTTL calls the parts of an item; a path starts with one of them. */
export const contexts: Readonly<Record<Signal, Vocabulary>> = {
  metric: {
    transform: ["metric", "datapoint", "resource", "scope"],
    filter: ["metric", "datapoint", "resource", "scope"],
    condition: 'metric.name == "requests"',
    statement: 'set(datapoint.attributes["team"], "shop")',
  },
  trace: {
    transform: ["span", "spanevent", "resource", "scope"],
    filter: ["span", "resource", "scope"],
    condition: 'span.attributes["http.route"] == "/healthz"',
    statement: 'set(span.attributes["team"], "shop")',
  },
  log: {
    transform: ["log", "resource", "scope"],
    filter: ["log", "resource", "scope"],
    condition: "log.severity_number < SEVERITY_NUMBER_WARN",
    statement: 'set(log.attributes["team"], "shop")',
  },
};

const quoted = (text: string) => `'${text}'`;
const listed = (names: readonly string[]) => names.map((name) => `\`${name}.\``).join(", ");

const conditions = (signal: Signal, use: "transform" | "filter", what: string) =>
  field(z.array(z.string()).default([]), {
    description: `OTTL conditions; ${what}`,
    example: `[${quoted(contexts[signal][use].length > 0 ? contexts[signal].condition : "")}]`,
    rule: `Every path starts with its context: ${listed(contexts[signal][use])}.`,
  });

export const transform = (signal: Signal) =>
  field(
    z
      .array(
        struct({
          conditions: conditions(signal, "transform", "the statements run where one of them holds, or always if none."),
          statements: field(z.array(z.string()).default([]), {
            description: "OTTL statements, run in this order. One that fails on an item is logged and skipped.",
            example: `[${quoted(contexts[signal].statement)}]`,
            rule: `At least one. Every path starts with its context: ${listed(contexts[signal].transform)}.`,
          }),
        }),
      )
      .default([]),
    {
      description: "Changes to the data, in this order.",
      example: `[{ statements: [${quoted(contexts[signal].statement)}] }]`,
    },
  );

export const filter = (signal: Signal) =>
  field(
    z
      .array(struct({ conditions: conditions(signal, "filter", "an item is dropped where one of them holds.") }))
      .default([]),
    {
      description: "What to drop, decided after all transforms.",
      example: `[{ conditions: [${quoted(contexts[signal].condition)}] }]`,
    },
  );
