/** Returns the median, or NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)], sorted[middle]];
  return (low + high) / 2;
}

/** A ratio that was measured several times. */
export interface Estimate {
  /** NaN without measurements. */
  readonly ratio: number;
  /** Width of the 95 % confidence interval, as a part of the ratio. */
  readonly spread: number;
}

/**
 * Estimates a ratio from measurements of it: the median of the means of all pairs (Hodges and Lehmann), with the interval
 * that belongs to it (Wilcoxon's signed ranks), on the scale of logarithms, on which a ratio and its inverse are spread
 * alike. A few turns that something disturbed do not matter, as with the median of the measurements, whose interval
 * needs half as many turns again to be as narrow.
 */
export function estimate(ratios: readonly number[]): Estimate {
  const logs = ratios.map(Math.log);
  const means = logs.flatMap((a, i) => logs.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
  const count = logs.length;
  const deviation = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24);
  const rank = Math.max(0, Math.floor((count * (count + 1)) / 4 - 1.96 * deviation));
  const [low, high] = [means[rank] ?? NaN, means[means.length - 1 - rank] ?? NaN];
  const center = median(means);
  return { ratio: Math.exp(center), spread: Math.exp(high - center) - Math.exp(low - center) };
}
