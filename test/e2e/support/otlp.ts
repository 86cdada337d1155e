/** Requests in OTLP's JSON form, with the fields that the tests need. */

type Attributes = Readonly<Record<string, string>>;

const pairs = (attributes: Attributes = {}) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

const scope = { name: "e2e" };

interface Point {
  /** Nanoseconds. */
  readonly time: bigint;
  readonly start?: bigint;
  readonly attributes?: Attributes;
}

interface NumberPoint extends Point {
  readonly value: number;
}

interface HistogramPoint extends Point {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly sum: number;
}

export type Metric = { readonly name: string } & (
  | { readonly gauge: readonly NumberPoint[] }
  | { readonly sum: readonly NumberPoint[]; readonly temporality: "delta" | "cumulative" }
  | { readonly histogram: readonly HistogramPoint[]; readonly temporality: "delta" | "cumulative" }
);

const temporalities = { delta: 1, cumulative: 2 } as const;

export function metricsRequest(metrics: readonly Metric[], resource: Attributes = {}): object {
  return {
    resourceMetrics: [
      { resource: { attributes: pairs(resource) }, scopeMetrics: [{ scope, metrics: metrics.map(metric) }] },
    ],
  };
}

function metric(given: Metric): object {
  const { name } = given;
  if ("gauge" in given) return { name, gauge: { dataPoints: given.gauge.map(numberPoint) } };
  const aggregationTemporality = temporalities[given.temporality];
  return "sum" in given
    ? { name, sum: { aggregationTemporality, isMonotonic: true, dataPoints: given.sum.map(numberPoint) } }
    : { name, histogram: { aggregationTemporality, dataPoints: given.histogram.map(histogramPoint) } };
}

const common = ({ time, start, attributes }: Point) => ({
  timeUnixNano: `${time}`,
  ...(start !== undefined && { startTimeUnixNano: `${start}` }),
  attributes: pairs(attributes),
});

const numberPoint = (point: NumberPoint) => ({ ...common(point), asInt: `${point.value}` });

const histogramPoint = (point: HistogramPoint) => ({
  ...common(point),
  count: `${point.buckets.reduce((all, one) => all + one, 0)}`,
  sum: point.sum,
  explicitBounds: point.bounds,
  bucketCounts: point.buckets.map(String),
});

export interface Span {
  readonly name: string;
  readonly start: bigint;
  readonly attributes?: Attributes;
}

export function tracesRequest(spans: readonly Span[], resource: Attributes = {}): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: pairs(resource) },
        scopeSpans: [
          {
            scope,
            spans: spans.map(({ name, start, attributes }, i) => ({
              traceId: `${start.toString(16)}${i}`.padStart(32, "0"),
              spanId: `${i + 1}`.padStart(16, "0"),
              name,
              kind: 2,
              startTimeUnixNano: `${start}`,
              endTimeUnixNano: `${start + 1_000_000n}`,
              attributes: pairs(attributes),
            })),
          },
        ],
      },
    ],
  };
}

export interface LogRecord {
  readonly body: string;
  readonly time: bigint;
  readonly attributes?: Attributes;
}

export function logsRequest(records: readonly LogRecord[], resource: Attributes = {}): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: pairs(resource) },
        scopeLogs: [
          {
            scope,
            logRecords: records.map(({ body, time, attributes }) => ({
              timeUnixNano: `${time}`,
              body: { stringValue: body },
              attributes: pairs(attributes),
            })),
          },
        ],
      },
    ],
  };
}

/** Now, in nanoseconds. */
export const now = (): bigint => BigInt(Date.now()) * 1_000_000n;
