import type { LiteralType } from "./ottl-comparisons";

type FieldType = "number" | "text" | "id" | "time" | "bool";

export interface TypedField {
  readonly type: FieldType;
  /** The line to write instead of a comparison with a literal of another type. */
  readonly remedy: string;
  /** Set if the field has no value on some items, so that a comparison with `nil` is useful. */
  readonly optional?: true;
}

const number = "Write a number without quotes";
const text = 'Compare it with text in double quotes; a missing text is `""`';

const id = (path: string, make: "TraceID" | "SpanID"): [string, TypedField] => {
  const bytes = make === "TraceID" ? 16 : 8;
  const remedy = `Write \`${path}.string == "HEX"\`, or \`${path} == ${make}(0x${"00".repeat(bytes)})\` for an empty one`;
  return [path, { type: "id", remedy }];
};
const time = (path: string): [string, TypedField] => [
  path,
  { type: "time", remedy: `Compare \`${path}_unix_nano\` with a number of nanoseconds` },
];
const enumeration = (path: string, remedy: string): [string, TypedField] => [path, { type: "number", remedy }];

/** Fields whose type does not depend on the data. The collector never converts types in a comparison. */
export const fieldTypes: ReadonlyMap<string, TypedField> = new Map<string, TypedField>([
  enumeration("span.kind", 'Write `span.kind == SPAN_KIND_SERVER`, or `span.kind.string == "Server"`'),
  enumeration("span.status.code", "Write `span.status.code == STATUS_CODE_ERROR`"),
  enumeration(
    "log.severity_number",
    'Write `log.severity_number == SEVERITY_NUMBER_INFO`, or `log.severity_text == "INFO"`',
  ),
  enumeration("metric.type", "Write `metric.type == METRIC_DATA_TYPE_GAUGE`"),
  [
    "metric.aggregation_temporality",
    {
      type: "number",
      optional: true,
      remedy: "Write `metric.aggregation_temporality == AGGREGATION_TEMPORALITY_CUMULATIVE`",
    },
  ],
  [
    "metric.is_monotonic",
    { type: "bool", optional: true, remedy: "Write `metric.is_monotonic == true`, without quotes" },
  ],
  ...["value_int", "value_double", "count", "sum"].map(
    (name) => [`datapoint.${name}`, { type: "number", optional: true, remedy: number }] as const,
  ),
  ...[
    "span.start_time_unix_nano",
    "span.end_time_unix_nano",
    "span.dropped_attributes_count",
    "span.dropped_events_count",
    "span.dropped_links_count",
    "log.time_unix_nano",
    "log.observed_time_unix_nano",
    "log.dropped_attributes_count",
    "log.flags",
    "datapoint.flags",
    "datapoint.time_unix_nano",
    "datapoint.start_time_unix_nano",
  ].map((path) => [path, { type: "number", remedy: number }] as const),
  ...[
    "span.name",
    "span.kind.string",
    "span.status.message",
    "span.trace_id.string",
    "span.span_id.string",
    "span.parent_span_id.string",
    "spanevent.name",
    "log.severity_text",
    "log.event_name",
    "log.trace_id.string",
    "log.span_id.string",
    "metric.name",
    "metric.unit",
    "metric.description",
    "scope.name",
    "scope.version",
  ].map((path) => [path, { type: "text", remedy: text }] as const),
  id("span.trace_id", "TraceID"),
  id("span.span_id", "SpanID"),
  id("span.parent_span_id", "SpanID"),
  id("log.trace_id", "TraceID"),
  id("log.span_id", "SpanID"),
  ...["span.start_time", "span.end_time", "log.time", "log.observed_time", "datapoint.time"].map(time),
]);

/** How a message names the type. */
export const typeNames: Readonly<Record<FieldType | LiteralType, string>> = {
  number: "a number",
  text: "text",
  id: "an identifier",
  time: "a time",
  bytes: "bytes",
  enum: "a number",
  nil: "`nil`",
  bool: "true or false",
};

/** Returns whether a field can be equal to a literal of this type. */
export function fits({ type, optional }: TypedField, literal: LiteralType): boolean {
  if (literal === "nil") return optional === true;
  if (type === "number") return literal === "number" || literal === "enum";
  return (type === "text" || type === "bool") && literal === type;
}
