import { safeParse, type z } from "zod";
import { isPresenceRule, presentFields, type PresenceRule } from "./fields";
import { error, type Finding, type PathKey } from "./findings";
import { isLater, notPlain } from "./plain";
import { nearest } from "./suggest";
import { fieldsOf, pathsTo, schemaAt, unwrap } from "./walk";

/** Where a value stands for the user, who may have written it in a form that was converted before it was read. */
export type Place = (keys: readonly PathKey[]) => string;

/** What a schema has to say about a value, in the words of findings. */
export function shapeFindings(schema: z.ZodType, value: unknown, place: Place): Finding[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap((issue) => findingsOf(issue, schema, value, place));
}

function findingsOf(issue: z.core.$ZodIssue, root: z.ZodType, value: unknown, place: Place): Finding[] {
  const keys = issue.path as PathKey[];
  const path = place(keys);
  const given = valueAt(value, keys);
  const schema = schemaAt(root, keys);
  const example = schema && unwrap(schema).notes?.example;
  const writeIt = example === undefined ? "See the pipeline reference" : `Write it as ${example}`;

  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(key, keys, root, place));
  if (issue.code === "invalid_type") return [typeFinding(path, issue.expected, given, schema, writeIt)];
  if (issue.code === "invalid_value")
    return given === undefined
      ? [error(path, "is missing", writeIt)]
      : [error(path, `is none of ${issue.values.join(", ")}`, oneOf(given, issue.values.map(String)))];
  if (issue.code === "custom" && isPresenceRule(issue.params))
    return [presenceFinding(issue.params, path, given, example)];
  // The one custom type there is: text that may be known later.
  if (issue.code === "custom" && issue.message === "Invalid input")
    return [typeFinding(path, "custom", given, schema, writeIt)];
  return [error(path, issue.message, writeIt)];
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  custom: "text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function kindOf(value: unknown): string {
  if (isLater(value)) return "an Output or a Promise";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return value === notPlain ? "something that is no data" : (words[typeof value] ?? `a ${typeof value}`);
}

function typeFinding(
  path: string,
  expected: string,
  given: unknown,
  schema: z.core.$ZodType | undefined,
  writeIt: string,
): Finding {
  if (given === undefined) return error(path, "is missing", writeIt);
  const wanted = words[expected] ?? expected;
  const problem = `must be ${wanted}, not ${kindOf(given)}`;
  if (isLater(given))
    return error(path, problem, "Give it as a plain value: only the texts in `value` may be known later");
  const isScalar = typeof given === "number" || typeof given === "boolean";
  if (isScalar && schema && safeParse(schema, String(given)).success) return error(path, problem, "Put it in quotes");
  return error(path, problem, writeIt);
}

/** Only what is allowed is named: what was written instead might be a credential. */
function oneOf(given: unknown, allowed: readonly string[]): string {
  const meant = typeof given === "string" ? nearest(given, allowed) : undefined;
  return meant === undefined ? `Write ${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}` : didYouMean(meant);
}

export const didYouMean = (meant: string): string => `Did you mean \`${meant}\`?`;

function presenceFinding(rule: PresenceRule, path: string, given: unknown, example: string | undefined): Finding {
  const present = presentFields(rule, given as object);
  const names = (list: readonly string[], word: string) => list.map((name) => `\`${name}\``).join(` ${word} `);
  if (rule.presence === "together") {
    const absent = rule.fields.filter((name) => !present.includes(name));
    const remedy = `Add ${names(absent, "and")}, or remove ${names(present, "and")}`;
    return error(path, `has ${names(present, "and")} without ${names(absent, "and")}`, remedy);
  }
  return present.length === 0
    ? error(path, `has neither ${names(rule.fields, "nor")}`, `Write it as ${example}`)
    : error(path, `has both ${names(present, "and")}`, "Keep one of them");
}

/** Fields that users of other systems expect, with what there is instead. */
const elsewhere: Readonly<Record<string, string>> = {
  disabled: "Write `enabled`, which means the opposite",
  http: "Only OTLP outputs are offered: write `otlp` with `protocol: http`",
  custom: "Only OTLP outputs are offered: write `otlp`",
  application: "Only OTLP input is offered: remove it",
};

function unknownField(key: string, at: readonly PathKey[], root: z.ZodType, place: Place): Finding {
  const here = schemaAt(root, at);
  const known = here ? Object.keys(fieldsOf(here)) : [];
  const meant = nearest(key, known);
  const belongs = here ? pathsTo(key, here).concat(at.length === 0 ? [] : pathsTo(key, root))[0] : undefined;
  const remedy =
    elsewhere[key] ??
    (meant === undefined ? undefined : didYouMean(meant)) ??
    (belongs === undefined ? undefined : `It belongs into \`${belongs.slice(0, -1).join(".")}\``) ??
    `Known fields here: ${known.join(", ")}`;
  return error(place([...at, key]), "is not a known field", remedy);
}

function valueAt(value: unknown, keys: readonly PathKey[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PathKey, unknown>)[key] : undefined),
    value,
  );
}
