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
