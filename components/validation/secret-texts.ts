import type { Finding } from "../schema";
import type { OttlEntry, Places } from "./places";

/** Removes the user's texts from findings about settings with a secret text. The collector quotes parts of them. */
export function withoutSecretTexts(findings: readonly Finding[], { entries }: Places): Finding[] {
  const secret = entries.filter(({ isSecret }) => isSecret);
  if (secret.length === 0) return [...findings];
  const words = wordsOf(secret);
  return findings.map((finding) => {
    const [, start = "", cause] = /^([^:]*: )(.*)$/s.exec(finding.problem) ?? [];
    const isAbout = finding.path === "configuration" || secret.some(({ path }) => isNextTo(finding.path, path));
    return cause === undefined || !isAbout ? finding : { ...finding, problem: start + masked(cause, words) };
  });
}

/** Returns whether two paths are in the same setting of the stack. */
const isNextTo = (path: string, other: string): boolean => path.split("[")[0] === other.split("[")[0];

/** Words of OTTL that every user writes. A message may contain them. */
const vocabulary = new Set(
  "metric datapoint resource scope span spanevent log attributes name body and or not where true false nil set".split(
    " ",
  ),
);

function wordsOf(entries: readonly OttlEntry[]): Set<string> {
  const texts = entries.flatMap(({ conditions, statements }) => [...conditions, ...statements].map(({ text }) => text));
  const words = texts.flatMap((text) => text.match(/[\p{L}\p{N}_]+/gu) ?? []);
  return new Set(words.filter((word) => !vocabulary.has(word)));
}

/** Replaces everything in quotes, and every word of the user's. */
const masked = (cause: string, words: ReadonlySet<string>): string =>
  cause.replace(/"(?:\\.|[^"\\])*"/gs, '"…"').replace(/[\p{L}\p{N}_]+/gu, (word) => (words.has(word) ? "…" : word));
