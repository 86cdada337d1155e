import { strict as assert } from "node:assert";
import { estimate, median } from "../../bench/support/statistics";

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);

describe("A ratio that was measured several times", () => {
  it("is the median of the means of all pairs, on the scale of logarithms", () => {
    const { ratio, spread } = estimate([1, 2, 4, 8].map((power) => 2 ** power));
    // The means of all pairs are 1, 1.5, 2, 2.5, 3, 4, 4.5, 5, 6 and 8.
    near(ratio, 2 ** 3.5);
    near(spread, 2 ** 4.5 - 2 ** -2.5);
  });

  it("has an inverse that is as certain", () => {
    const ratios = [0.9, 0.95, 1.02, 0.97, 0.93, 0.99, 1.1, 0.96, 0.94, 0.98];
    near(estimate(ratios.map((one) => 1 / one)).ratio, 1 / estimate(ratios).ratio);
    assert.ok(Math.abs(estimate(ratios.map((one) => 1 / one)).spread - estimate(ratios).spread) < 0.01);
  });

  it("changes little with a turn that something disturbed", () => {
    const calm = Array.from({ length: 20 }, (_, i) => 0.95 + 0.005 * i);
    const { ratio, spread } = estimate([...calm, 20]);
    near(Math.round(ratio * 100), 100);
    assert.ok(spread < 0.08, `${spread}`);
  });

  it("is unknown without measurements", () => {
    assert.deepEqual(estimate([]), { ratio: NaN, spread: NaN });
    assert.ok(Number.isNaN(median([])));
  });

  /** Even distances between the ranks of a normal distribution stand for chance, so the test has the same result each time. */
  it("has an interval narrower than that of the median, and about as wide as that of the mean", () => {
    const noise = Array.from({ length: 41 }, (_, i) => quantile((i + 0.5) / 41));
    const { ratio, spread } = estimate(noise.map((one) => Math.exp(0.1 * one)));
    near(Math.round(ratio * 1000), 1000);
    const ofMean = (2 * 1.96 * 0.1) / Math.sqrt(41);
    assert.ok(spread > 0.9 * ofMean && spread < 1.1 * ofMean, `${spread} instead of about ${ofMean}`);
  });
});

/** The quantile of the standard normal distribution, by bisection of Abramowitz and Stegun's formula 26.2.17. */
function quantile(share: number): number {
  let [low, high] = [-6, 6];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}

function cumulative(x: number): number {
  if (x < 0) return 1 - cumulative(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
