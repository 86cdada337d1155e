/** Something of a namespace that takes a share of a room. */
export interface Sharing {
  readonly namespace: string;
  readonly name: string;
  /** The share that it takes alone. */
  readonly share: number;
}

/**
 * Returns what has room. Namespaces get the room in turns, those with the least of it first, and each namespace's smallest
 * parts come first. So no team can cost another team its part. `take` returns the share that a part takes beside those that
 * have room before it; undefined if there is no room for it.
 */
export function inFairTurns<T extends Sharing>(parts: readonly T[], take: (part: T) => number | undefined): Set<T> {
  const waiting = new Map<string, T[]>();
  const largestFirst = [...parts].sort((a, b) => b.share - a.share || (a.name < b.name ? 1 : -1));
  for (const part of largestFirst) {
    const list = waiting.get(part.namespace);
    if (list === undefined) waiting.set(part.namespace, [part]);
    else list.push(part);
  }
  const used = new Map([...waiting.keys()].sort().map((namespace) => [namespace, 0]));
  const kept = new Set<T>();
  while (used.size > 0) {
    const [namespace, share] = [...used].reduce((least, one) => (one[1] < least[1] ? one : least));
    const next = waiting.get(namespace)?.pop();
    if (next === undefined) {
      used.delete(namespace);
      continue;
    }
    const taken = take(next);
    if (taken === undefined) continue;
    kept.add(next);
    used.set(namespace, share + taken);
  }
  return kept;
}
