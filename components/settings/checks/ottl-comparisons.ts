import { textOf, type Token, tokens } from "./ottl-tokens";

/** Operators of OTTL that compare two values. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type LiteralType = "text" | "number" | "bytes" | "enum" | "nil" | "bool";

export interface Literal {
  readonly type: LiteralType;
  /** The literal as it stands in the text, with quotes and sign. */
  readonly text: string;
}

/** A comparison of a path with a literal. */
export interface Comparison {
  /** The path as it stands in the text, without white space: `span.attributes["a"]`. */
  readonly path: string;
  readonly operator: Operator;
  readonly literal: Literal;
  /** Whether an odd number of `not` applies to it. */
  readonly negated: boolean;
  /** Index of its first token. */
  readonly first: number;
  /** Index of its last token. */
  readonly last: number;
}

interface Operand {
  readonly first: number;
  readonly last: number;
}

const joints = new Set(["and", "or", "not", "where", "(", ")", ","]);
const isJoint = (token: Token | undefined): boolean => token === undefined || joints.has(token.text);

/** Returns the comparisons of a path with a literal. Comparisons of function results and of calculations are left out. */
export function comparisons(text: string): Comparison[] {
  const all = tokens(text);
  const negations = negationsAt(all);
  return all.flatMap((token, i) => {
    if (token.kind !== "comparison") return [];
    const left = { first: startBefore(all, i), last: i - 1 };
    const right = { first: i + 1, last: endAfter(all, i) };
    const operator = token.text as Operator;
    const place = {
      first: left.first,
      last: right.last,
      negated: (negations[i] ?? false) !== (all[left.first - 1]?.text === "not"),
    };
    const [path, literal] = [pathOf(all, left), literalOf(all, right)];
    if (path !== undefined && literal) return [{ ...place, path, operator, literal }];
    const [otherPath, otherLiteral] = [pathOf(all, right), literalOf(all, left)];
    if (otherPath === undefined || !otherLiteral) return [];
    return [{ ...place, path: otherPath, operator: mirrored[operator], literal: otherLiteral }];
  });
}

const mirrored: Readonly<Record<Operator, Operator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** The operator that is true where the other one is false. */
const opposite: Readonly<Record<Operator, Operator>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

/** The operator that decides, with each `not` around the comparison applied. */
export const effective = ({ operator, negated }: Comparison): Operator => (negated ? opposite[operator] : operator);

/** For each token, whether an odd number of brackets around it stands after a `not`. */
function negationsAt(all: readonly Token[]): boolean[] {
  const open: boolean[] = [];
  return all.map(({ text }, i) => {
    if (text === "(") open.push(all[i - 1]?.text === "not");
    if (text === ")") open.pop();
    return open.filter(Boolean).length % 2 === 1;
  });
}

/** Brackets of a path may contain a joint, so the search stops only outside square brackets. */
function startBefore(all: readonly Token[], index: number): number {
  let depth = 0;
  let i = index;
  for (; i > 0; i -= 1) {
    const before = all[i - 1];
    if (before?.text === "]") depth += 1;
    if (before?.text === "[") depth -= 1;
    if (depth === 0 && isJoint(before)) break;
  }
  return i;
}

function endAfter(all: readonly Token[], index: number): number {
  let depth = 0;
  let i = index;
  for (; i < all.length - 1; i += 1) {
    const after = all[i + 1];
    if (after?.text === "[") depth += 1;
    if (after?.text === "]") depth -= 1;
    // A bracket after a name opens the arguments of a function, so this is not a literal or a path.
    if (depth === 0 && isJoint(after)) return after?.text === "(" ? index : i;
  }
  return i;
}

/** Returns the path that makes up the whole operand. */
export function pathOf(all: readonly Token[], { first, last }: Operand): string | undefined {
  const text = textOf(all.slice(first, last + 1));
  return /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+(\[("(\\.|[^\\"])*"|\d+)\])*$/.test(text) ? text : undefined;
}

/** Returns the literal that makes up the whole operand. */
export function literalOf(all: readonly Token[], { first, last }: Operand): Literal | undefined {
  const parts = all.slice(first, last + 1);
  const text = textOf(parts);
  const [token] = parts;
  if (!token || parts.length > (/^[+-]/.test(text) ? 2 : 1)) return undefined;
  if (token.kind === "string") return { type: "text", text };
  if (text.startsWith("0x")) return { type: "bytes", text };
  if (parts.at(-1)?.kind === "number") return { type: "number", text };
  if (text === "nil") return { type: "nil", text };
  if (text === "true" || text === "false") return { type: "bool", text };
  return /^[A-Z][A-Z0-9_]*$/.test(text) ? { type: "enum", text } : undefined;
}
