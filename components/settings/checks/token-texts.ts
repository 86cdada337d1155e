import { error, type Finding, join } from "../../schema";
import type { WrittenTokens } from "../target-tokens";

/** The text of a bearer token. The scraper removes white space around it. */
export function checkToken(text: string, path: string): Finding[] {
  const token = text.trim();
  if (token === "") return [error(path, "is empty", "Give the token")];
  if (/^bearer\s/i.test(token)) {
    return [error(path, "starts with the word Bearer, which the agent sends before the token", "Remove the word")];
  }
  return /[\x00-\x20\x7f]/.test(token)
    ? [error(path, "has white space or a control character in it, which a header cannot send", "Give the token alone")]
    : [];
}

/** Checks the tokens as they are written: their namespaces against each other, and the texts that are known. */
export function checkTokens(tokens: WrittenTokens, at: string): Finding[] {
  const owners = new Map<string, number>();
  return (tokens ?? []).flatMap((one, i) => {
    const text = one?.token?.value;
    return [
      ...(one?.namespaces ?? []).flatMap((name, n): Finding[] => {
        if (name === undefined) return [];
        const owner = owners.get(name) ?? i;
        owners.set(name, owner);
        if (owner === i) return [];
        const problem = `has a token already, that of bearerTokens[${owner}]`;
        return [error(join(at, [i, "namespaces", n]), problem, "Remove it from one of them")];
      }),
      ...(typeof text === "string" ? checkToken(text, join(at, [i, "token"])) : []),
    ];
  });
}
