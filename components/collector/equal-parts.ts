/** Characters of JSON from which a repeated part takes less text as an alias. */
const leastLength = 40;

/**
 * Copies a value, with its keys sorted, so that equal parts of some length are one object. YAML then has each such part
 * once, with an anchor, and an alias in all other places.
 */
export function withEqualParts(value: unknown): unknown {
  const parts = new Map<string, object>();
  const copy = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const copied = Array.isArray(part)
      ? part.map(copy)
      : Object.fromEntries(sorted(part).map(([key, one]) => [key, copy(one)]));
    const text = JSON.stringify(copied);
    if (text.length < leastLength) return copied;
    const known = parts.get(text) ?? copied;
    parts.set(text, known);
    return known;
  };
  return copy(value);
}

const sorted = (part: object): [string, unknown][] =>
  Object.entries(part)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
