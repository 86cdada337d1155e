/** One line of a collector's own metrics in Prometheus' text format. */
export interface SelfMetric {
  readonly name: string;
  /** Returns the value of a label. Values contain no quotes or backslashes. */
  readonly label: (name: string) => string | undefined;
  readonly value: number;
}

const line = /^(\w+)(?:\{(.*)\})? (\S+)$/;

/** Reads a collector's own metrics. */
export function selfMetrics(text: string): SelfMetric[] {
  return text.split("\n").flatMap((one) => {
    const [, name, labels = "", value] = line.exec(one) ?? [];
    return name === undefined ? [] : [{ name, label: (key: string) => label(labels, key), value: Number(value) }];
  });
}

/** Returns the value of a label in the text between the braces. */
export function label(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
}
