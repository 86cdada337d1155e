import { type Finding, warning } from "../../schema";
import { type Comparison, comparisons } from "./ottl-comparisons";
import { fieldTypes } from "./ottl-field-types";
import { depths, textOf, type Token, tokens } from "./ottl-tokens";

/** Conditions whose result does not depend on the data. */

/** Warns where a condition of a filter is true for every item. A guard of a transform like that is harmless. */
export function dropsEverything(text: string, path: string): Finding[] {
  return alternatives(tokens(text)).some(isAlwaysTrue)
    ? [
        warning(
          path,
          "is true for every item, so everything is dropped",
          "Compare with the value to drop; if the condition shall choose a context, add `and` and a comparison",
        ),
      ]
    : [];
}

/** Splits at each `or` outside of brackets, and each part at each `and`. */
const alternatives = (all: readonly Token[]): Token[][][] => split(all, "or").map((one) => split(one, "and"));

function split(all: readonly Token[], word: string): Token[][] {
  const depth = depths(all);
  const parts: Token[][] = [[]];
  all.forEach((token, i) => {
    if (token.text === word && depth[i] === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  });
  return parts;
}

const isAlwaysTrue = (parts: readonly (readonly Token[])[]): boolean =>
  parts.every((part) => textOf(part) === "true" || isPresence(part) || isAnyText(part));

/** Whether a part compares a field that every item has with `nil`. */
function isPresence(part: readonly Token[]): boolean {
  const [only, ...others] = comparisons(part.map(({ text }) => text).join(" "));
  const isWhole = only !== undefined && others.length === 0 && only.first === 0 && only.last === part.length - 1;
  return isWhole && only.operator === "!=" && !only.negated && only.literal.type === "nil" && isNeverNil(only.path);
}

export function isNeverNil(path: string): boolean {
  const typed = fieldTypes.get(path);
  return typed !== undefined && typed.optional !== true;
}

/** Patterns that every text matches. */
const anyText = /^"\^?(?:\.\*)?\$?"$/;

/** Whether a part is `IsMatch(FIELD, ".*")` of a text that every item has. */
function isAnyText(part: readonly Token[]): boolean {
  const [, field = "", pattern = ""] = /^IsMatch\(([a-z_.]+),(".*")\)$/s.exec(textOf(part)) ?? [];
  return fieldTypes.get(field)?.type === "text" && anyText.test(pattern);
}

/** Fields that never have a `*`: names of metrics, and of objects of Kubernetes. */
const plainName = /^(?:metric\.name|resource\.attributes\["k8s\.[a-z.]+\.name"\])$/;

/** Warns where a name is compared with a pattern: only `IsMatch` knows patterns. */
export function comparedPatterns(found: readonly Comparison[], path: string): Finding[] {
  return found
    .filter(
      ({ path: field, operator, literal }) =>
        plainName.test(field) && (operator === "==" || operator === "!=") && literal.text.includes("*"),
    )
    .map(({ path: field, operator }) =>
      warning(
        path,
        `compares \`${field}\` with a text with a \`*\`, but \`${operator}\` knows no patterns, so it is ${operator === "!=" ? "always" : "never"} true`,
        `Write \`${operator === "!=" ? "not " : ""}IsMatch(${field}, "^START.*END$")\``,
      ),
    );
}
