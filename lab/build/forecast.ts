/**
 * Forecasts the end of the compilation of several targets. The expected seconds were measured on one machine; the pace of
 * the finished targets corrects them for this one.
 */
export class Forecast {
  private readonly took: number[] = [];
  private began = 0;

  /** Takes the expected seconds of the targets in the order in which they are compiled, and the clock, in seconds. */
  constructor(
    private readonly expected: readonly number[],
    private readonly now = (): number => performance.now() / 1000,
  ) {
    this.began = now();
  }

  /** Notes that the current target is compiled. */
  next(): void {
    this.took.push(this.now() - this.began);
    this.began = this.now();
  }

  /** Returns the place of the current target among all, and the time until the last one is compiled. */
  words(): string {
    const place = `part ${this.took.length + 1} of ${this.expected.length}`;
    return `${place}, ${minutes(secondsLeft(this.expected, this.took, this.now() - this.began))} left`;
  }
}

/** Returns the seconds that are left, from the seconds of the finished targets and those of the current one so far. */
export function secondsLeft(expected: readonly number[], took: readonly number[], current: number): number {
  const done = sum(expected.slice(0, took.length));
  const running = expected[took.length] ?? 0;
  const known = took.length === 0 ? 1 : sum(took) / done;
  // A target that takes longer than expected slows the forecast down before it ends.
  const pace = Math.max(known, (sum(took) + current) / (done + running));
  return sum(expected) * pace - sum(took) - current;
}

function minutes(seconds: number): string {
  return seconds < 60 ? "less than a minute" : `about ${Math.round(seconds / 60)} min`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
