/** Returns the median, or NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)], sorted[middle]];
  return (low + high) / 2;
}

/**
 * Returns the 95 % confidence interval of the median: the values at the ranks that a binomial distribution gives. It
 * needs no assumption about how values are spread, so a few turns that something disturbed do not matter.
 */
export function intervalOf(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const rank = Math.max(0, Math.floor((count - 1.96 * Math.sqrt(count)) / 2));
  return [sorted[rank] ?? NaN, sorted[count - 1 - rank] ?? NaN];
}
