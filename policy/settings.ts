/** Names of the levels of a rule, as a file in `policy/config` writes them. */
const levels = ["advisory", "mandatory", "disabled", "remediate"];

/** A rule, as far as its name and its settings go. */
interface KnownRule {
  readonly name: string;
  readonly configSchema?: { readonly properties: object };
}

/**
 * Returns what is wrong with the settings of one rule. The engine ignores unknown settings, so that a rule with a
 * misspelt setting would pass everything.
 */
export function unknownSettings({ name, configSchema }: KnownRule, set: object): string[] {
  const known = [...Object.keys(configSchema?.properties ?? {}), "enforcementLevel"];
  return Object.keys(set)
    .filter((key) => !known.includes(key))
    .map((key) => `${name}.${key}: is not a setting of this rule. ${suggestion(key, known)}`);
}

/** Returns what is wrong with the content of a file in `policy/config`, before the engine reads it. */
export function configurationProblems(rules: readonly KnownRule[], config: unknown): string[] {
  if (!isObject(config)) return ["the configuration must be an object. Write it as { RULE: LEVEL }."];
  const names = ["all", ...rules.map(({ name }) => name)];
  return Object.entries(config).flatMap(([name, value]) => {
    const rule = rules.find((one) => one.name === name);
    if (rule === undefined && name !== "all") return [`${name}: is not a rule. ${suggestion(name, names)}`];
    const level = isObject(value) ? value.enforcementLevel : value;
    return [
      ...(level === undefined && isObject(value) ? [] : levelProblems(name, level)),
      ...(isObject(value) ? unknownSettings(rule ?? { name }, value) : []),
    ];
  });
}

function levelProblems(name: string, level: unknown): string[] {
  return levels.includes(level as string) ? [] : [`${name}: has no known level. Write one of ${levels.join(", ")}.`];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
