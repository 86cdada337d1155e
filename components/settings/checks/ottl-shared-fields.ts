import { type Finding, warning } from "../../schema";
import { isNeverNil } from "./ottl-always";
import { comparisons, effective } from "./ottl-comparisons";
import { attributesIn, keyChange } from "./ottl-key-changes";
import { repeatOf } from "./ottl-repeats";
import { readStatement, type Statement, targetOf } from "./ottl-statements";
import { textOf, type Token, tokens } from "./ottl-tokens";
import type { PlacedText } from "./ottl-traps";
import { attributesOf, rank, ranksIn, units } from "./ottl-units";

/**
 * Warns where a statement changes a field of a larger unit than the one it runs for, such as an attribute of the resource
 * of many log records. The collector runs all statements of an entry for the smallest unit that any of its texts names.
 */
export function sharedFields(statements: readonly PlacedText[], conditions: readonly PlacedText[]): Finding[] {
  const entry: Entry = {
    smallest: Math.min(...[...conditions, ...statements].flatMap(({ text }) => ranksIn(tokens(text)))),
    conditions: conditions.map(({ text }) => tokens(text)),
    statements: statements.map(({ text, path }) => ({ path, ...readStatement(text) })),
  };
  return entry.statements.flatMap((statement, i) => {
    const own = rank(targetOf(statement).split(".")[0] ?? "");
    if (own <= entry.smallest) return [];
    const change = { ...statement, own };
    const problem =
      repeated(change, entry) ??
      setFromItems(change, entry) ??
      setUnderCondition(change, entry) ??
      moved(change, i, entry);
    return problem ? [warning(statement.path, problem.problem, problem.remedy)] : [];
  });
}

type PlacedStatement = Statement & { readonly path: string };

interface Entry {
  /** Position of the unit for which the statements run. */
  readonly smallest: number;
  readonly conditions: readonly (readonly Token[])[];
  readonly statements: readonly PlacedStatement[];
}

interface Change extends Statement {
  /** Position of the unit that it changes. */
  readonly own: number;
}

interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

const contextAt = (position: number) => (units[position] ?? units[0])[0];
const nounAt = (position: number): string => (units[position] ?? units[0])[1];
/** The values that a statement reads, without its conditions. */
const valuesOf = ({ args }: Statement): Token[] => args.slice(1).flatMap(({ value }) => value);
const readsOf = (statement: Statement): Token[] => [...valuesOf(statement), ...statement.guard];
const smallestOf = (ranks: readonly number[]): number => Math.min(...ranks);

/** The unit of the statement's own paths. It can be larger than the one for which the entry runs. */
const smallestNamed = (change: Change): number => smallestOf(ranksIn(readsOf(change)));

/** A result that is not the same if the statement runs again. */
function repeated(change: Change, { smallest, conditions }: Entry): Problem | undefined {
  const repeat = repeatOf(change);
  if (!repeat || endsItself(change, conditions)) return undefined;
  return {
    problem: `${runsOncePer(smallest)}, so it ${repeat} a field of the ${nounAt(change.own)} again and again`,
    remedy:
      smallestNamed(change) < change.own
        ? `Write ${lineFor(change, smallestNamed(change))}`
        : `Move it into a separate entry that has no path of \`${contextAt(smallest)}.\``,
  };
}

const runsOncePer = (smallest: number): string =>
  `runs once per ${nounAt(smallest)}, because this entry has a path of \`${contextAt(smallest)}.\``;

/** Returns whether a condition is false after the change. */
function endsItself(change: Change, conditions: Entry["conditions"]): boolean {
  const target = targetOf(change);
  return (
    holdsOnce(change.guard, target) || (conditions.length > 0 && conditions.every((all) => holdsOnce(all, target)))
  );
}

/** Whether a condition requires one value of the target, or that it does not have a form yet. */
const holdsOnce = (all: readonly Token[], target: string): boolean =>
  comparisonsIn(all).some((one) => one.path === target && effective(one) === "==") ||
  (all.some(({ text }) => text === "not") && textOf(all).includes(target));

const comparisonsIn = (all: readonly Token[]) => comparisons(all.map(({ text }) => text).join(" "));

function setFromItems(change: Change, { conditions }: Entry): Problem | undefined {
  const source = smallestOf(ranksIn(valuesOf(change)));
  if (source >= change.own || namesOneItem(change, conditions)) return undefined;
  const [larger, item] = [nounAt(change.own), nounAt(source)];
  return {
    problem: `sets a field of the ${larger} from each ${item}, so the last ${item} decides for all ${item}s of the ${larger}`,
    remedy: isCopyOfItself(change, source)
      ? `Remove it: each ${item} has its own value already`
      : `Write ${lineFor(change, source)}${choosing(source)}`,
  };
}

/** Names that one metric of a resource has, or one kind of event of a span. */
const singleNames = ["metric.name", "spanevent.name"];

function namesOneItem({ guard }: Change, conditions: Entry["conditions"]): boolean {
  const isOne = (all: readonly Token[]): boolean =>
    comparisonsIn(all).some((one) => singleNames.includes(one.path) && effective(one) === "==");
  return isOne(guard) || (conditions.length > 0 && conditions.every(isOne));
}

function choosing(source: number): string {
  const context = contextAt(source);
  const name = context === "spanevent" ? "spanevent" : ["metric", "datapoint"].includes(context) ? "metric" : undefined;
  return name === undefined
    ? ""
    : `, or add the condition \`${name}.name == "NAME"\` if one ${nounAt(rank(name))} has the value`;
}

/** Whether the line for the item would set a field to itself. */
function isCopyOfItself(change: Change, source: number): boolean {
  const copy = targetOf(change).replace(/^[a-z]+\.attributes/, attributesOf(contextAt(source)));
  return copy === textOf(change.args[1]?.value ?? []);
}

/** The same statement for an attribute of the item. */
function lineFor(change: Change, position: number): string {
  const attributes = attributesOf(contextAt(position));
  if (change.editor === "set") return `\`set(${attributes}[KEY], VALUE)\``;
  const isMap = targetOf(change).endsWith(".attributes");
  return `\`${change.editor}(${attributes}${isMap ? "" : "[KEY]"}, …)\``;
}

/** One event of a span often decides about the span, so only larger units count. */
function setUnderCondition(change: Change, { conditions }: Entry): Problem | undefined {
  const item = smallestOf([change.guard, ...conditions].flatMap((all) => ranksIn(deciding(all))));
  if (item >= change.own || contextAt(change.own) === "span" || namesOneItem(change, conditions)) return undefined;
  return {
    problem: `changes a field of the ${nounAt(change.own)} for all of its ${nounAt(item)}s where one of them meets the condition`,
    remedy: `Write ${lineFor(change, item)}, or a condition with paths of \`${contextAt(change.own)}.\` only`,
  };
}

/** The tokens without comparisons that are always true, such as `metric.name != nil`. */
function deciding(all: readonly Token[]): Token[] {
  const idle = comparisonsIn(all).filter(
    ({ path, operator, literal }) => operator === "!=" && literal.type === "nil" && isNeverNil(path),
  );
  return all.filter((_, i) => !idle.some(({ first, last }) => first <= i && i <= last));
}

/** An attribute that is read and then removed: the next item of the same unit does not find it. */
function moved(change: Change, at: number, { smallest, conditions, statements }: Entry): Problem | undefined {
  const keys = keyChange(change);
  if (!keys) return undefined;
  const readers = [
    ...conditions,
    ...statements.slice(0, at).flatMap((earlier) => (isCopyInside(earlier, change.own) ? [] : [readsOf(earlier)])),
  ];
  const isRead = readers
    .flatMap(attributesIn)
    .some(({ map, key }) => map === keys.map && !keys.keeps(key) && !keys.adds.includes(key));
  if (!isRead) return undefined;
  return {
    problem: `${runsOncePer(smallest)}, so only the first ${nounAt(smallest)} of a ${nounAt(change.own)} finds the attribute that it removes`,
    remedy: `Move it into a later entry that has no path of \`${contextAt(smallest)}.\``,
  };
}

/** Whether a statement changes the same unit or a larger one, and only where it finds something to read. */
const isCopyInside = (statement: Statement, own: number): boolean =>
  rank(targetOf(statement).split(".")[0] ?? "") >= own && statement.guard.some(({ text }) => text === "nil");
