import { goPattern, replacesItsResult } from "./go-patterns";
import { argument, literalText, type Statement, targetOf } from "./ottl-statements";
import { textOf, type Token } from "./ottl-tokens";

/** The change that a second run of a statement makes to its own result, as a message names it. */
type Repeat = "appends to" | "changes";

/** Undefined if a statement changes nothing when it runs once more, or if its text does not show it. */
export function repeatOf(statement: Statement): Repeat | undefined {
  switch (statement.editor) {
    case "append":
      return "appends to";
    case "delete_index":
      return "changes";
    case "flatten":
      return argument(statement, 1, "prefix") ? "changes" : undefined;
    case "set":
      return repeatOfValue(argument(statement, 1, "value") ?? [], targetOf(statement));
    case "replace_pattern":
      return replacesAgain(statement, 1) ? "changes" : undefined;
    case "replace_all_patterns":
      return replacesAgain(statement, 2) ? "changes" : undefined;
    default:
      return undefined;
  }
}

/** Converters that change their own result. Others fail on it, such as `FNV`, or return it as it is. */
const repeating = new Set([
  ...["Base64Encode", "Decode", "Format", "Hex", "Log", "MD5", "Murmur3Hash", "Murmur3Hash128"],
  ...["SHA1", "SHA256", "SHA512", "XXH128", "XXH3"],
]);

function repeatOfValue(value: readonly Token[], target: string): Repeat | undefined {
  const around = value.flatMap((_, i) => (isPathAt(value, i, target) ? [callsAround(value, i)] : []));
  if (around.length === 0) return undefined;
  if (around.some((calls) => calls.some(({ name }) => name === "Concat"))) return "appends to";
  return value.some(isCalculation) || around.flat().some(changesAgain) ? "changes" : undefined;
}

/** Whether a whole path starts at a token, and not only the first part of a longer one. */
function isPathAt(all: readonly Token[], at: number, path: string): boolean {
  if (all[at]?.kind !== "word" || all[at - 1]?.text === ".") return false;
  let end = at + 1;
  while (end <= all.length && textOf(all.slice(at, end)).length < path.length) end += 1;
  return textOf(all.slice(at, end)) === path && ![".", "["].includes(all[end]?.text ?? "");
}

interface Call {
  readonly name: string;
  /** The text of the first token in it. */
  readonly first: string;
}

/** Lists the brackets around a token, each with the name in front of it. */
function callsAround(all: readonly Token[], at: number): Call[] {
  const open: number[] = [];
  all.slice(0, at).forEach(({ kind, text }, i) => {
    if (kind === "sign" && "([{".includes(text)) open.push(i);
    if (kind === "sign" && ")]}".includes(text)) open.pop();
  });
  return open.map((i) => ({ name: all[i - 1]?.text ?? "", first: all[i + 1]?.text ?? "" }));
}

/** A format with nothing around its verb returns a text as it is. */
const changesAgain = ({ name, first }: Call): boolean =>
  repeating.has(name) && !(name === "Format" && /^"%[-+ #0]*\d*(?:\.\d+)?[a-z]"$/i.test(first));

/** A sign of a number has no operand in front of it. */
const isCalculation = ({ kind, text }: Token, i: number, all: readonly Token[]): boolean =>
  kind === "sign" && "+-*/".includes(text) && i > 0 && !"([{,:=".includes(all[i - 1]?.text ?? "");

/** The expression is the argument at this position, the replacement the next one. The collector refuses a function behind them. */
function replacesAgain(statement: Statement, at: number): boolean {
  const regex = literalText(argument(statement, at, "regex"));
  const template = literalText(argument(statement, at + 1, "replacement"));
  const pattern = regex === undefined ? undefined : goPattern(regex);
  return pattern !== undefined && template !== undefined && replacesItsResult(pattern, template);
}
