import type { Token } from "./ottl-tokens";

/** Contexts from the smallest unit of data to the largest, with the noun of the unit. */
export const units = [
  ["log", "log record"],
  ["datapoint", "data point"],
  ["metric", "metric"],
  ["spanevent", "span event"],
  ["span", "span"],
  ["scope", "scope"],
  ["resource", "resource"],
] as const;

type Context = (typeof units)[number][0];

/** Position of a context among the units, -1 for others. */
export const rank = (context: string): number => units.findIndex(([name]) => name === context);

/** Positions of the contexts of the paths in a text. */
export const ranksIn = (all: readonly Token[]): number[] =>
  all
    .filter(({ kind }, i) => kind === "word" && all[i + 1]?.text === "." && all[i - 1]?.text !== ".")
    .map(({ text }) => rank(text))
    .filter((found) => found !== -1);

/** The attributes of a unit. A metric has none, its data points do. */
export const attributesOf = (context: Context): string => `${context === "metric" ? "datapoint" : context}.attributes`;
