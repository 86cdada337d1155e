import { safeParse, type z } from "zod";
import { isPresenceRule, presentFields, type PresenceRule } from "./fields";
import { error, type Finding, type PathKey } from "./findings";
import { formatFault } from "./format-faults";
import { isLater, notPlain } from "./plain";
import { didYouMean, nearest } from "./suggest";
import { unknownField } from "./unknown-fields";
import { schemaAt, unwrap } from "./walk";

/** Returns a value's place for the user, who may have written it in a form that was converted before it was read. */
export type Place = (keys: readonly PathKey[]) => string;

/** In place of zod's own messages, which are not used, and look at more of the value than is safe. */
const unworded = "";

/** A schema's issues with a value, as findings. */
export function shapeFindings(schema: z.ZodType, value: unknown, place: Place): Finding[] {
  const issues = schema.safeParse(value, { error: () => unworded }).error?.issues ?? [];
  return issues.flatMap((issue) => {
    const keys = issue.path as PathKey[];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) =>
        error(place([...keys, key]), "is not a known field", unknownField(key, keys, schema)),
      );
    return [findingOf(issue, { path: place(keys), given: valueAt(value, keys), schema: schemaAt(schema, keys) })];
  });
}

/** The value that an issue is about. */
interface Subject {
  readonly path: string;
  readonly given: unknown;
  readonly schema: z.core.$ZodType | undefined;
}

const exampleOf = ({ schema }: Subject): string => {
  const example = schema && unwrap(schema).notes?.example;
  return example === undefined ? "See the pipeline reference" : `For example: ${example}`;
};

function findingOf(issue: z.core.$ZodIssue, subject: Subject): Finding {
  const { path, given } = subject;
  if (issue.code === "custom" && isPresenceRule(issue.params)) return presenceFinding(issue.params, subject);
  if (given === undefined) return error(path, "is missing", exampleOf(subject));
  if (issue.code === "invalid_type") return typeFinding(words[issue.expected] ?? issue.expected, subject);
  // The only type that zod does not have: text that may be known later.
  if (issue.code === "custom" && issue.message === unworded) return typeFinding("text", subject);
  if (issue.code === "invalid_value") return choiceFinding(issue.values.map(String), subject);
  const fault = formatFault(issue.code === "invalid_format" ? issue.pattern : undefined, given);
  if (fault) return error(path, fault.problem, lineToWrite(fault.write, subject));
  return error(path, issue.message, remedyOf(issue) ?? exampleOf(subject));
}

/** Returns the remedy that a check offers instead of the field's example. */
function remedyOf(issue: z.core.$ZodIssue): string | undefined {
  const remedy: unknown = issue.code === "custom" ? issue.params?.remedy : undefined;
  return typeof remedy === "string" ? remedy : undefined;
}

/** Offers the line to write, where the value is known. */
function lineToWrite(write: string | undefined, subject: Subject): string {
  const [key] = /\w+$/.exec(subject.path) ?? [];
  return write === undefined || key === undefined ? exampleOf(subject) : `Write \`${key}: ${write}\``;
}

const words: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function kindOf(value: unknown): string {
  if (isLater(value)) return "an Output or a Promise";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return value === notPlain ? "something that is not data" : (words[typeof value] ?? `a ${typeof value}`);
}

/** For a number where a number is wanted, but not this one: `.inf` and `.nan` are numbers in YAML. */
function oddNumber(value: unknown): string | undefined {
  if (typeof value !== "number") return undefined;
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? "a fraction" : "infinity";
}

const onlyValuesMayBeLater = "Give it as a plain value: only the texts in `value` may be known later";

function typeFinding(wanted: string, subject: Subject): Finding {
  const { path, given, schema } = subject;
  const odd = wanted.endsWith(" number") ? oddNumber(given) : undefined;
  const problem = `must be ${wanted}, not ${odd ?? kindOf(given)}`;
  if (isLater(given)) return error(path, problem, onlyValuesMayBeLater);
  if (wanted === "true or false")
    return error(path, problem, given === "true" || given === "false" ? "Remove the quotes" : "Write true or false");
  const isScalar = typeof given === "number" || typeof given === "boolean";
  return isScalar && schema && safeParse(schema, String(given)).success
    ? error(path, problem, "Put it in quotes")
    : error(path, problem, exampleOf(subject));
}

/** Names only the allowed values: the written value might be a credential. */
function choiceFinding(allowed: readonly string[], { path, given }: Subject): Finding {
  const problem = `must be ${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
  if (isLater(given)) return error(path, `${problem}, not ${kindOf(given)}`, onlyValuesMayBeLater);
  const meant = typeof given === "string" ? nearest(given, allowed) : undefined;
  return error(path, problem, meant === undefined ? "Write one of these" : didYouMean(meant));
}

function presenceFinding(rule: PresenceRule, subject: Subject): Finding {
  const { path, given } = subject;
  const present = presentFields(rule, given as object);
  const names = (list: readonly string[], word: string) => list.map((name) => `\`${name}\``).join(` ${word} `);
  if (rule.presence === "together") {
    const absent = rule.fields.filter((name) => !present.includes(name));
    const remedy = `Add ${names(absent, "and")}, or remove ${names(present, "and")}`;
    return error(path, `has ${names(present, "and")} without ${names(absent, "and")}`, remedy);
  }
  return present.length === 0
    ? error(path, `has neither ${names(rule.fields, "nor")}`, exampleOf(subject))
    : error(path, `has both ${names(present, "and")}`, "Keep one of them");
}

function valueAt(value: unknown, keys: readonly PathKey[]): unknown {
  return keys.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PathKey, unknown>)[key] : undefined),
    value,
  );
}
