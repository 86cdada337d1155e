import { type Finding, warning } from "../../schema";
import { comparedPatterns, dropsEverything } from "./ottl-always";
import {
  type Comparison,
  comparisons,
  effective,
  type Literal,
  literalOf,
  type Operator,
  pathOf,
} from "./ottl-comparisons";
import { fieldTypes, fits, typeNames } from "./ottl-field-types";
import { histogramLabels, namesPart } from "./ottl-histograms";
import { textOf, type Token, tokens } from "./ottl-tokens";

/**
 * Warns about OTTL that the collector accepts and that does something other than it seems to. Each trap is certain
 * without data, or nearly so, and was reproduced with the tested collector.
 */

type Use = "transform" | "filter";

/** A text with its place in the configuration. */
export interface PlacedText {
  readonly text: string;
  readonly path: string;
}

/** Returns the traps in one condition or statement. `renames` states that transforms may make new metric names. */
export function trapsInText({ text, path }: PlacedText, use: Use, renames: boolean): Finding[] {
  const all = tokens(text);
  const found = comparisons(text);
  return [
    ...found.flatMap((comparison) => wrongType(comparison, path)),
    ...wrongAssignment(all, path),
    ...emptyIdentifier(found, path),
    ...comparedPatterns(found, path),
    ...oneValueType(found, all, path),
    ...constantPairs(found, all, path),
    ...(renames ? [] : histogramParts(found, all, path)),
    ...(use === "filter"
      ? [...dropsEverything(text, path), ...unsetSeverity(found, all, path), ...missingAttribute(found, all, path)]
      : []),
  ];
}

function wrongType({ path: field, operator, literal }: Comparison, path: string): Finding[] {
  const typed = fieldTypes.get(field);
  if (!typed || fits(typed, literal.type)) return [];
  // A guard that is always true is harmless, and `metric.name != nil` is a way to choose the context of an entry.
  if (literal.type === "nil" && operator === "!=") return [];
  return [
    warning(
      path,
      `compares \`${field}\`, which is ${typeNames[typed.type]}, with ${typeNames[literal.type]}, so \`${operator}\` is ${operator === "!=" ? "always" : "never"} true`,
      typed.remedy,
    ),
  ];
}

/** `set` ignores a value of another type, or logs an error for each item. */
function wrongAssignment(all: readonly Token[], path: string): Finding[] {
  const comma = all.findIndex(({ text }) => text === ",");
  const end = all.findIndex(({ text }) => text === ")");
  if (all[0]?.text !== "set" || all[1]?.text !== "(" || comma === -1 || end < comma) return [];
  const field = pathOf(all, { first: 2, last: comma - 1 });
  const literal = literalOf(all, { first: comma + 1, last: end - 1 });
  const typed = field === undefined ? undefined : fieldTypes.get(field);
  if (!typed || !literal || literal.type === "nil" || fits(typed, literal.type)) return [];
  return [
    warning(
      path,
      `sets \`${field ?? ""}\`, which is ${typeNames[typed.type]}, to ${typeNames[literal.type]}, which changes nothing`,
      examples.get(field ?? "") ?? `Set it to ${typeNames[typed.type]}`,
    ),
  ];
}

const examples: ReadonlyMap<string, string> = new Map([
  ["span.kind", "Write `set(span.kind, SPAN_KIND_SERVER)`"],
  ["span.status.code", "Write `set(span.status.code, STATUS_CODE_ERROR)`"],
  ["log.severity_number", "Write `set(log.severity_number, SEVERITY_NUMBER_INFO)`"],
]);

/** The hexadecimal text of an empty identifier has its full length. */
function emptyIdentifier(found: readonly Comparison[], path: string): Finding[] {
  return found.flatMap(({ path: field, operator, literal }) => {
    const typed = fieldTypes.get(field.replace(/\.string$/, ""));
    if (!field.endsWith("_id.string") || literal.text !== '""' || !typed) return [];
    return [
      warning(
        path,
        `compares \`${field}\` with \`""\`, but an empty identifier is a text of zeros, so \`${operator}\` is ${operator === "!=" ? "always" : "never"} true`,
        typed.remedy,
      ),
    ];
  });
}

function zeroSatisfies(operator: Operator, { text }: Literal): boolean {
  const other = Number(text);
  return {
    "==": other === 0,
    "!=": other !== 0,
    "<": other > 0,
    "<=": other >= 0,
    ">": other < 0,
    ">=": other <= 0,
  }[operator];
}

const otherValue: ReadonlyMap<string, { other: string; holds: string }> = new Map([
  [
    "datapoint.value_int",
    { other: "datapoint.value_double", holds: "every floating-point value, and so every scraped one" },
  ],
  ["datapoint.value_double", { other: "datapoint.value_int", holds: "every integer value" }],
]);

/** The field of the other type is 0, so a comparison that holds for 0 holds for every value of the other type. */
function oneValueType(found: readonly Comparison[], all: readonly Token[], path: string): Finding[] {
  return found.flatMap((comparison) => {
    const { path: field, literal, first } = comparison;
    const value = otherValue.get(field);
    const operator = effective(comparison);
    if (!value || literal.type !== "number" || !zeroSatisfies(operator, literal)) return [];
    const isMentioned = all.some(({ text }) => text === value.other.replace("datapoint.", ""));
    const isAlternative = found.some((other) => other.path === value.other && areAlternatives(comparison, other, all));
    if (isMentioned && !isAlternative) return [];
    const number = Number(literal.text) === 0 ? "0" : "NUMBER";
    return [
      warning(
        path,
        `compares \`${field}\` at position ${all[first]?.at ?? 1}, which is 0 for ${value.holds}, so it is true for all of them`,
        `Write \`(${field} ${operator} ${number} and ${value.other} ${operator} ${number})\` ${comparison.negated ? "without the `not`" : "in its place"}`,
      ),
    ];
  });
}

/** Whether one of two neighbours is enough. */
function areAlternatives(a: Comparison, b: Comparison, all: readonly Token[]): boolean {
  const [left, right] = a.first < b.first ? [a, b] : [b, a];
  const word = a.negated && b.negated ? "and" : "or";
  return right.first === left.last + 2 && all[left.last + 1]?.text === word;
}

/** Two neighbours that contradict each other, or that leave nothing out. */
function constantPairs(found: readonly Comparison[], all: readonly Token[], path: string): Finding[] {
  return found.flatMap((a, i) => {
    const b = found[i + 1];
    const word = all[a.last + 1]?.text;
    if (!b || b.first !== a.last + 2 || a.negated || b.negated || !areRivals(a, b)) return [];
    const isIsolated = all[a.first - 1]?.text !== "and" && all[b.last + 1]?.text !== "and";
    const at = all[a.first]?.at ?? 1;
    if (word === "or" && a.operator === "!=" && b.operator === "!=" && isIsolated)
      return [
        warning(
          path,
          `has two \`!=\` of the same path with an \`or\` at position ${at}, which is always true`,
          "Write `and` between them",
        ),
      ];
    return word === "and" && a.operator === "==" && b.operator === "=="
      ? [
          warning(
            path,
            `has two \`==\` of the same path with an \`and\` at position ${at}, which is never true`,
            "Write `or` between them, in brackets",
          ),
        ]
      : [];
  });
}

/** Whether no value equals both literals. An enum and a number may be equal. */
function areRivals(a: Comparison, b: Comparison): boolean {
  const types = [a.literal.type, b.literal.type];
  if (a.path !== b.path || (types.includes("enum") && types.includes("number"))) return false;
  return types.every((type) => type === "number")
    ? Number(a.literal.text) !== Number(b.literal.text)
    : a.literal.text !== b.literal.text;
}

/** Conditions of a list are alternatives, so two `!=` of one path together hold for every item. */
export function rivalConditions(texts: readonly PlacedText[], effect: string): Finding[] {
  const single = texts.flatMap(({ text, path }) => {
    const [only, ...others] = comparisons(text);
    const isWhole = only !== undefined && only.first === 0 && only.last === tokens(text).length - 1;
    return isWhole && others.length === 0 && only.operator === "!=" ? [{ path, comparison: only }] : [];
  });
  return single.flatMap(({ path, comparison }, i) => {
    const rival = single.slice(0, i).find((earlier) => areRivals(earlier.comparison, comparison));
    return rival
      ? [
          warning(
            path,
            `is true where \`${rival.path}\` is not, and one of them is enough, so ${effect}`,
            "Write both in one condition, with `and` between them",
          ),
        ]
      : [];
  });
}

/** A scraped histogram or summary is one metric. A text with `metric.type` shows that its author knows the kind. */
function histogramParts(found: readonly Comparison[], all: readonly Token[], path: string): Finding[] {
  if (all.some(({ text }, i) => text === "type" && all[i - 2]?.text === "metric")) return [];
  const isNamed = found.some(
    ({ path: field, operator, literal }) =>
      field === "metric.name" && (operator === "==" || operator === "!=") && namesPart(literal.text.slice(1, -1)),
  );
  const isMatched = all.some(
    ({ text }, i) =>
      ["IsMatch", "HasSuffix"].includes(text) &&
      textOf(all.slice(i + 2, i + 5)) === "metric.name" &&
      namesPart((all[i + 6]?.text ?? "").slice(1, -1)),
  );
  const labels = histogramLabels(all, path);
  return isNamed || isMatched
    ? [
        ...labels,
        warning(
          path,
          "names a part of a histogram or summary, but a scraped histogram is one metric without `_bucket`, `_count` and `_sum`",
          "Write the name without this suffix; if a metric has exactly this name, add ` and metric.type == METRIC_DATA_TYPE_GAUGE` with its type",
        ),
      ]
    : labels;
}

/** A record whose sender sets no severity has the number 0. */
function unsetSeverity(found: readonly Comparison[], all: readonly Token[], path: string): Finding[] {
  const about = found.filter(({ path: field }) => field === "log.severity_number");
  const [only] = about;
  if (!only || about.length > 1 || all.filter(({ text }) => text === "severity_number").length > 1) return [];
  if (!["<", "<="].includes(effective(only)) || !["enum", "number"].includes(only.literal.type)) return [];
  if (Number(only.literal.text) === 0) return [];
  return [
    warning(
      path,
      "drops records without a severity, too: their `log.severity_number` is 0",
      "Put `log.severity_number > 0 and ` in front of the comparison, or write `>= 0` there if they are meant",
    ),
  ];
}

/** A missing attribute is `nil`, which is not equal to an empty text. */
function missingAttribute(found: readonly Comparison[], all: readonly Token[], path: string): Finding[] {
  if (all.some(({ text }) => text === "nil")) return [];
  return found.flatMap((comparison) => {
    const [fields] = comparison.path.split("[");
    if (!fields?.endsWith(".attributes") || comparison.literal.text !== '""' || effective(comparison) !== "!=")
      return [];
    return [
      warning(
        path,
        `compares an attribute with \`""\` at position ${all[comparison.first]?.at ?? 1}, which drops the items without this attribute, too`,
        `Write \`(${fields}[KEY] != nil and ${fields}[KEY] != "")\``,
      ),
    ];
  });
}

/** Returns whether a statement may make a metric name that no sender has written. */
export const makesMetricNames = (statement: string): boolean =>
  /\bmetric\.name\b/.test(statement.replace(/\bwhere\b.*$/s, "")) ||
  /^\s*(extract_|convert_|copy_metric)/.test(statement);
