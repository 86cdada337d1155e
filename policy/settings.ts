/** A rule, as far as its name and its settings go. */
interface KnownRule {
  readonly name: string;
  readonly configSchema?: { readonly properties: object };
}

/**
 * Returns the problems of the settings of one rule. The engine ignores unknown settings, so that a rule with a
 * misspelt setting would pass everything.
 */
export function unknownSettings({ name, configSchema }: KnownRule, set: object): string[] {
  const known = [...Object.keys(configSchema?.properties ?? {}), "enforcementLevel"];
  return Object.keys(set)
    .filter((key) => !known.includes(key))
    .map((key) => `${name}.${key}: is not a setting of this rule. ${suggestion(key, known)}`);
}

function suggestion(word: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? `Known here: ${known.join(", ")}.` : `Did you mean ${nearest.candidate}?`;
}

/** Counts the letters to change, add or remove. */
function editDistance(a: string, b: string): number {
  const first = Array.from({ length: b.length + 1 }, (_, j) => j);
  const last = [...a].reduce<number[]>((row, letter, i) => {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    return next;
  }, first);
  return last.at(-1) ?? 0;
}
