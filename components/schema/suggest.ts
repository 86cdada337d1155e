/**
 * How many letters have to be changed, added, left out or swapped to make one word of the other; infinity as soon as it
 * is certain to be more than `limit`, as for most candidates.
 */
function editDistance(a: string, b: string, limit: number): number {
  // Three rows of the table are enough. Many candidates are compared with each unknown word, so no row is allocated anew.
  let [before, above, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j), [] as number[]];
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let leastOfRow = i;
    for (let j = 1; j <= b.length; j++) {
      const changed = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, changed);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, before[j - 2]! + 1);
      row[j] = least;
      leastOfRow = Math.min(leastOfRow, least);
    }
    // No later row has a smaller value than this row's least. A swap skips a row, but it costs one letter, too.
    if (leastOfRow > limit) return Infinity;
    [before, above, row] = [above, row, before];
  }
  return above[b.length]!;
}

/** The most likely candidate: the nearest one, unless too many letters differ; or the word's first part. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 100) return undefined;
  const written = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [near] = candidates
    .filter(({ length }) => Math.abs(length - word.length) <= limit)
    .map((candidate) => ({ candidate, distance: editDistance(written, candidate.toLowerCase(), limit) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return (
    near?.candidate ??
    candidates.find((candidate) => word.startsWith(candidate) && /[A-Z_-]/.test(word[candidate.length] ?? ""))
  );
}

export const didYouMean = (meant: string): string => `Did you mean \`${meant}\`?`;
