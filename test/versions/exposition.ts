/** Prometheus' exposition in protobuf, as far as a test of native histograms needs it. */

/** A native histogram of schema 0, whose buckets have one positive observation count each, from the bucket `offset` on. */
export interface NativeHistogram {
  readonly name: string;
  readonly sum: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

/** The content type of the exposition. */
export const protobufType =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

/** Encodes a family with one histogram without labels. */
export function exposition({ name, sum, offset, counts }: NativeHistogram): Buffer {
  const deltas = counts.map((count, i) => count - (counts[i - 1] ?? 0));
  const span = [...integer(1, zigzag(offset)), ...integer(2, counts.length)];
  const histogram = [
    ...integer(
      1,
      counts.reduce((all, count) => all + count, 0),
    ),
    ...double(2, sum),
    ...integer(5, zigzag(0)),
    ...double(6, 1e-128),
    ...integer(7, 0),
    ...bytes(12, span),
    ...deltas.flatMap((delta) => integer(13, zigzag(delta))),
  ];
  const typeHistogram = 4;
  const family = [...bytes(1, [...Buffer.from(name)]), ...integer(3, typeHistogram), ...bytes(4, bytes(7, histogram))];
  return Buffer.from([...varint(family.length), ...family]);
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const tag = (field: number, wire: number): number[] => varint(field * 8 + wire);
const integer = (field: number, value: number): number[] => [...tag(field, 0), ...varint(value)];
const bytes = (field: number, value: readonly number[]): number[] => [
  ...tag(field, 2),
  ...varint(value.length),
  ...value,
];

function double(field: number, value: number): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...tag(field, 1), ...buffer];
}
