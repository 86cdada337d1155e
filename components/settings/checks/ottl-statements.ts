import { depths, textOf, type Token, tokens } from "./ottl-tokens";

interface Argument {
  readonly name?: string;
  readonly value: readonly Token[];
}

/** The parts of a statement that has passed the checks of its form. */
export interface Statement {
  /** The function that changes data. */
  readonly editor: string;
  readonly args: readonly Argument[];
  /** The tokens behind `where`. */
  readonly guard: readonly Token[];
}

export function readStatement(text: string): Statement {
  const all = tokens(text);
  const end = depths(all).findIndex((depth, i) => i > 1 && depth === 0);
  return {
    editor: all[0]?.text ?? "",
    args: elements(all.slice(2, end)).map(readArgument),
    guard: all.slice(end + 2),
  };
}

function readArgument(all: readonly Token[]): Argument {
  const [name, sign] = all;
  return name?.kind === "word" && sign?.text === "=" ? { name: name.text, value: all.slice(2) } : { value: all };
}

/** Splits at the commas outside of brackets. */
function elements(all: readonly Token[]): Token[][] {
  const depth = depths(all);
  const commas = all.flatMap(({ text }, i) => (text === "," && depth[i] === 0 ? [i] : []));
  return all.length === 0 ? [] : [...commas, all.length].map((end, i) => all.slice((commas[i - 1] ?? -1) + 1, end));
}

/** Returns an argument by its position or its name. */
export function argument({ args }: Statement, at: number, name: string): readonly Token[] | undefined {
  const positional = args[at]?.name === undefined ? args[at]?.value : undefined;
  return args.find((one) => one.name === name)?.value ?? positional;
}

/** Returns what a statement changes, as a path without white space, such as `resource.attributes["a"]`. */
export const targetOf = (statement: Statement): string => textOf(argument(statement, 0, "target") ?? []);

/** Returns the content of an argument that is one text. */
export function literalText(value: readonly Token[] = []): string | undefined {
  const [only] = value;
  if (value.length !== 1 || only?.kind !== "string") return undefined;
  try {
    return JSON.parse(only.text) as string;
  } catch {
    // An escape that JSON does not have.
    return undefined;
  }
}

/** Returns the contents of a list of texts. */
export const literalTexts = (value: readonly Token[] = []): readonly string[] | undefined =>
  value[0]?.text === "[" ? allKnown(elements(value.slice(1, -1)).map(literalText)) : undefined;

/** Returns the keys of a map such as `{"a": 1}`. */
export const literalKeys = (value: readonly Token[] = []): readonly string[] | undefined =>
  value[0]?.text === "{" ? allKnown(elements(value.slice(1, -1)).map(([key]) => literalText(key && [key]))) : undefined;

const allKnown = (texts: readonly (string | undefined)[]): readonly string[] | undefined =>
  texts.every((text) => text !== undefined) ? texts : undefined;
