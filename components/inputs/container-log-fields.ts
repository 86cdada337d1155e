import { literal, ottlString, type StatementGroup } from "../collector";
import {
  attribute,
  compute,
  is,
  isSet,
  operator,
  pathAttribute,
  streamAttribute,
  type Operator,
} from "./container-log-operators";

/** The fields of lines that are JSON: attributes, body, severity and trace of their records. */

/** Longest JSON in bytes. Its fields and the line as a copy fit into a request, with room for other records. */
const longestJson = 512 * 1024;

/**
 * Most fields and elements of a JSON object, at any level. The collector compares the name of each field with those before
 * it: an object with 55,000 fields in 512 KiB takes 16 s, in which nobody reads the pipeline's other containers.
 */
const mostElements = 4096;

/** JSON of so few bytes cannot have enough elements to take long, so they are not counted. */
const shortJson = 16 * 1024;

/**
 * Most levels of a JSON object. Each takes up to three levels of a request. Readers of Protobuf in C++, Java and Rust refuse a
 * whole request with more than 100, so other lines would be lost, too.
 */
const mostLevels = 30;

const countOf = (...characters: readonly string[]): string =>
  `(len(body) - len(${characters.reduce((text, character) => `replace(${text}, "${character}", "")`, "body")}))`;

const mayBeJson =
  `trim(body) startsWith "{" and trim(body) endsWith "}" and body[${longestJson}:] == "" ` +
  `and (body[${shortJson}:] == "" or ${countOf("{", "[", ",")} <= ${mostElements})`;

const isNested = `type(#) == "map" or type(#) == "array"`;

/** Whether JSON has too many levels: the predicate of each looks into the next. Only few lines have so many brackets. */
const isTooDeep =
  `${countOf("{", "[")} > ${mostLevels} and any(values(json), ` +
  `${Array.from({ length: mostLevels - 1 }).reduce<string>(
    (next) => `any(type(#) == "map" ? values(#) : type(#) == "array" ? # : [], ${next})`,
    isNested,
  )})`;

/** Attribute with the line of a JSON record. Until its fields are read, all JSON lines have it. */
const original = "log.original";

/** Attributes that a line cannot set. */
const reserved = [streamAttribute, pathAttribute, original];

/**
 * Turns the fields of a JSON line into attributes. The parser reads the first object of a line, ignores the rest, and accepts
 * more than JSON. So `fromJSON` reads the whole line first, and a line that it does not accept stays as it is. It does not
 * replace the parser, because it rounds large numbers.
 */
const jsonLines = (keepOriginal: boolean): readonly Operator[] => [
  compute(
    "is-json",
    attribute(original),
    `let json = fromJSON(body); ${[...reserved.map((name) => `"${name}" in json`), isTooDeep].join(" or ")} ? false : body`,
    mayBeJson,
  ),
  operator("json_parser", "json", is(original, "string"), { parse_ints: true }),
  operator(
    "remove",
    "remove-original",
    keepOriginal
      ? `${isSet(original)} and (${is(original, "bool")} or not (${isSet("message")} or ${isSet("msg")}))`
      : isSet(original),
    { field: attribute(original) },
  ),
];

/** Words for severities, and the numbers of the loggers that write numbers: Bunyan and Pino. */
const severities = {
  trace: ["trace", "10"],
  debug: ["debug", "20"],
  info: ["info", "information", "informational", "notice", "30"],
  warn: ["warn", "warning", "40"],
  error: ["error", "err", "50"],
  fatal: ["fatal", "critical", "crit", "alert", "emergency", "emerg", "panic", "60"],
};

const severity: readonly Operator[] = [
  operator("move", "move-log.level", `${isSet("log.level")} and ${attribute("level")} == nil`, {
    from: attribute("log.level"),
    to: attribute("level"),
  }),
  compute("level-text", attribute("level"), `string(${attribute("level")})`, is("level", "int", "float")),
  operator("severity_parser", "severity", is("level", "string"), {
    parse_from: attribute("level"),
    preset: "none",
    mapping: severities,
  }),
];

const hex = (name: string, digits: number): string =>
  `${is(name, "string")} and ${attribute(name)} matches "^[0-9a-fA-F]{${digits}}$" and not (${attribute(name)} matches "^0+$")`;
const hexOrMissing = (name: string, digits: number): string => `(${attribute(name)} == nil or (${hex(name, digits)}))`;
const flags = "trace_flags";
const isFlags =
  `${is(flags, "string")} and ${attribute(flags)} matches "^[0-9a-fA-F]{2}$" ` +
  `or ${is(flags, "int")} and ${attribute(flags)} >= 0 and ${attribute(flags)} <= 255`;
const flagsOrMissing = `(${attribute(flags)} == nil or ${isFlags})`;

const zeros = (digits: number): string => "0".repeat(digits);
const isTraceParent =
  `${is("traceparent", "string")} and ${attribute("trace_id")} == nil and ${attribute("span_id")} == nil ` +
  `and ${attribute("traceparent")} matches "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$" ` +
  `and not (${attribute("traceparent")} startsWith "ff" or ${attribute("traceparent")} contains "-${zeros(32)}-" ` +
  `or ${attribute("traceparent")} contains "-${zeros(16)}-")`;

const isTraced = `${hex("trace_id", 32)} and ${hexOrMissing("span_id", 16)} and ${flagsOrMissing}`;

/**
 * Reads trace and span. Wrong ids stay attributes. A `traceparent` becomes empty when it is read. The parser cannot read
 * flags that are a number, and reads trace and span nevertheless.
 */
const traces: readonly Operator[] = [
  operator("regex_parser", "traceparent", isTraceParent, {
    parse_from: attribute("traceparent"),
    regex: literal(
      "^(?P<traceparent>)..-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})-(?P<trace_flags>[0-9a-f]{2})$",
    ),
  }),
  operator("trace_parser", "trace", isTraced, {
    trace_id: { parse_from: attribute("trace_id") },
    span_id: { parse_from: attribute("span_id") },
    trace_flags: { parse_from: attribute(flags) },
  }),
];

/** Returns the operators that read the fields of lines. They keep the lines of JSON records if a pipeline wants them. */
export function fieldOperators(keepOriginal: boolean): readonly object[] {
  return [...jsonLines(keepOriginal), ...severity, ...traces];
}

const field = (name: string): string => `log.attributes[${ottlString(name)}]`;
const deleteFields = (...names: readonly string[]): string[] =>
  names.map((name) => `delete_key(log.attributes, ${ottlString(name)})`);
const bodyOf = (name: string, condition: string): StatementGroup => ({
  conditions: [condition],
  statements: [`set(log.body, ${field(name)})`, ...deleteFields(name)],
});

/**
 * The rest of the way to a record, as statements: a message becomes the body, and fields that were used are deleted. A
 * condition of a processor takes less CPU time than a condition of an operator, and most lines need none of these.
 */
export const fieldStatements: readonly StatementGroup[] = [
  bodyOf("msg", `${field("msg")} != nil and ${field("message")} == nil`),
  bodyOf("message", `${field("message")} != nil`),
  { conditions: [`log.severity_text != ""`], statements: deleteFields("level") },
  {
    conditions: [`log.trace_id != TraceID(0x${zeros(32)})`],
    statements: [
      `set(log.flags, ${field(flags)}) where IsInt(${field(flags)})`,
      ...deleteFields("trace_id", "span_id", flags),
      ...deleteFields("traceparent").map((statement) => `${statement} where ${field("traceparent")} == ""`),
    ],
  },
];
