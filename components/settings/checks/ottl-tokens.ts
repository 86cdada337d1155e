/** One word, literal or sign of a condition or statement. */
export interface Token {
  readonly kind: "word" | "string" | "number" | "comparison" | "sign" | "other";
  readonly text: string;
  /** Position of the first character, from 1. */
  readonly at: number;
}

/** Splits a text as the collector does, in this order. */
const lexer =
  /(?<string>"(?:\\.|[^\\"])*")|(?<number>0x[a-fA-F0-9]+|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<comparison>==|!=|>=|<=|<|>)|(?<sign>[=(){}[\],.:+\-*/])|(?<other>\S)/gs;

/** Returns the tokens of a condition or statement. White space is left out. */
export function tokens(text: string): Token[] {
  return [...text.matchAll(lexer)].map((match) => {
    const [kind, found] = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined) ?? ["other", ""];
    return { kind: kind as Token["kind"], text: found ?? "", at: match.index + 1 };
  });
}

/** The bracket that closes each one that opens. */
export const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** The number of open brackets at each token, with the token itself if it opens one. */
export function depths(all: readonly Token[]): number[] {
  let depth = 0;
  return all.map(({ kind, text }) =>
    kind !== "sign" ? depth : closing[text] ? ++depth : ")]}".includes(text) ? --depth : depth,
  );
}

/** The tokens as one text without white space, in which paths can be compared. */
export const textOf = (all: readonly Token[]): string => all.map(({ text }) => text).join("");
