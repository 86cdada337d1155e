import { literal, ottlString, type StatementGroup } from "../collector";

/**
 * The operators that make records of lines. They are the receiver's own ones, in one chain. The operator `container` would
 * do the first part alone, but it hands lines over later and elsewhere: lines that it still holds when the collector is
 * killed are lost, because their position in the file is already stored. It also joins the parts of a line across
 * standard output and standard error, and leaves the parts of a Docker line apart.
 *
 * No operator loses a line: what cannot be parsed goes on unchanged, without a log line about it.
 */

/** Longest line in bytes. A longer one is sent in parts of about this size. */
export const longestLine = 1024 * 1024;

/** Id of the operator that reports each such part in the log of the log agent. */
export const longLineOperator = "line-exceeds-limit";

interface Operator {
  readonly id: string;
  readonly type: string;
  /** The records that it changes; all by default. */
  readonly if?: string;
  readonly [setting: string]: unknown;
}

const operator = (type: string, id: string, condition: string, settings: object): Operator => ({
  type,
  id,
  if: literal(condition),
  on_error: "send_quiet",
  ...settings,
});

const attribute = (name: string): string => `attributes["${name}"]`;
const is = (name: string, ...types: readonly string[]): string =>
  types.map((type) => `type(${attribute(name)}) == "${type}"`).join(" or ");
const isSet = (name: string): string => `${attribute(name)} != nil`;

const compute = (id: string, field: string, expression: string, condition: string): Operator =>
  operator("add", id, condition, { field, value: literal(`EXPR(${expression})`) });

const filePath = "log.file.path";

/** Attribute with the parts of a line that the runtime wrote, until they are used. */
const line = "line";
const part = (name: string): string => `${attribute(line)}?.${name}`;
const partField = (name: string): string => `${attribute(line)}["${name}"]`;

/** Docker writes JSON; containerd and CRI-O write `TIME STREAM TAG LINE`. */
const ofDocker = `body startsWith "{"`;
const isDockerText = `type(${part("log")}) == "string"`;

/** Bytes of a line of containerd before its text: time, stream and tag, each with a space. They are ASCII. */
const criHead = `${["time", "stream", "logtag"].map((name) => `len(${part(name)})`).join(" + ")} + 3`;

const parsed = {
  parse_to: attribute(line),
  timestamp: {
    parse_from: partField("time"),
    layout_type: "gotime",
    layout: "2006-01-02T15:04:05.999999999Z07:00",
  },
};

/**
 * Splits a line of the file into time, stream and text, whatever wrote it. The expression matches only the head of a line:
 * matching the text, too, takes most of the CPU time for a long line.
 */
const runtimeFormats: readonly Operator[] = [
  operator("regex_parser", "cri", `not (${ofDocker})`, {
    regex: literal("^(?P<time>[!-~]+) (?P<stream>stdout|stderr) (?P<logtag>[!-~]*)"),
    ...parsed,
  }),
  operator("json_parser", "docker", ofDocker, parsed),
  compute(
    "text",
    "body",
    `${isDockerText} ? trimSuffix(${part("log")}, "\\n") : body[${criHead}:]`,
    `${isDockerText} or ${part("logtag")} != nil`,
  ),
];

/** Docker ends each line with a line feed, and a part of a line without one. */
const isPart = `${part("logtag")} == "P" or (${isDockerText} and not (${part("log")} endsWith "\\n"))`;

/** Joins the parts of long lines. The two streams of a container share a file, and their parts can alternate. */
const joinedParts: readonly Operator[] = [
  ...["stdout", "stderr"].map((stream) =>
    operator("recombine", `join-${stream}`, `${part("stream")} == "${stream}"`, {
      combine_field: "body",
      combine_with: "",
      is_last_entry: `not (${isPart})`,
      source_identifier: attribute(filePath),
      max_log_size: longestLine,
      max_batch_size: 0,
      max_unmatched_batch_size: 0,
      max_sources: 10_000,
    }),
  ),
  operator("move", "move-stream", `${part("stream")} != nil`, {
    from: partField("stream"),
    to: attribute("log.iostream"),
  }),
  operator("remove", "remove-line", isSet(line), { field: attribute(line) }),
  operator("copy", "copy-path", isSet(filePath), { from: attribute(filePath), to: `resource["${filePath}"]` }),
];

/**
 * Writes the path of the file into the collector's log for each part of a line that exceeds the limit: the expression never
 * matches, and this error is the only one that is not quiet. The part itself goes on. At this place, the line's attributes
 * contain nothing that a container has written. Slices count bytes, `len` counts characters.
 */
const reportOfLongLines = operator("regex_parser", longLineOperator, `body[${longestLine}:] != ""`, {
  parse_from: attribute(filePath),
  regex: literal("^(?P<never>)$"),
  on_error: "send",
});

/** Two objects in a row are not one JSON text, although the parser would take the first one for it. */
const isJson =
  `type(body) == "string" and trim(body) startsWith "{" and trim(body) endsWith "}" ` +
  `and not (body contains "}{") and not (body contains "} {")`;

const original = "log.original";

/** Turns the fields of a JSON line into attributes. */
const jsonLines = (keepOriginal: boolean): readonly Operator[] => [
  // Replaces bytes that are not UTF-8, in all of its texts. Other lines get that later, for less.
  compute("valid-json", "body", "fromJSON(toJSON(body))", isJson),
  operator("json_parser", "json", isJson, { parse_ints: true }),
  ...(keepOriginal
    ? [
        operator("copy", "copy-original", `${isSet("message")} or ${isSet("msg")}`, {
          from: "body",
          to: attribute(original),
        }),
      ]
    : []),
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
const flagsOrMissing = `(${attribute(flags)} == nil or (${is(flags, "string")} and ${attribute(flags)} matches "^[0-9a-fA-F]{2}$"))`;

const zeros = (digits: number): string => "0".repeat(digits);
const isTraceParent =
  `${is("traceparent", "string")} and ${attribute("trace_id")} == nil and ${attribute("span_id")} == nil ` +
  `and ${attribute("traceparent")} matches "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$" ` +
  `and not (${attribute("traceparent")} startsWith "ff" or ${attribute("traceparent")} contains "-${zeros(32)}-" ` +
  `or ${attribute("traceparent")} contains "-${zeros(16)}-")`;

const isTraced = `${hex("trace_id", 32)} and ${hexOrMissing("span_id", 16)} and ${flagsOrMissing}`;

/** Reads trace and span. Ids that are none stay attributes. */
const traces: readonly Operator[] = [
  operator("regex_parser", "traceparent", isTraceParent, {
    parse_from: attribute("traceparent"),
    regex: literal("^..-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})-(?P<trace_flags>[0-9a-f]{2})$"),
  }),
  operator("trace_parser", "trace", isTraced, {
    trace_id: { parse_from: attribute("trace_id") },
    span_id: { parse_from: attribute("span_id") },
    trace_flags: { parse_from: attribute(flags) },
  }),
];

/** Returns the operators from a line in a file to a record. They keep the lines of JSON records if a pipeline wants them. */
export function lineOperators(keepOriginal: boolean): readonly object[] {
  return [...runtimeFormats, ...joinedParts, reportOfLongLines, ...jsonLines(keepOriginal), ...severity, ...traces];
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
export const lineStatements: readonly StatementGroup[] = [
  bodyOf("msg", `${field("msg")} != nil and ${field("message")} == nil`),
  bodyOf("message", `${field("message")} != nil`),
  { conditions: [`log.severity_text != ""`], statements: deleteFields("level") },
  {
    conditions: [`log.trace_id != TraceID(0x${zeros(32)})`],
    statements: deleteFields("trace_id", "span_id", flags, "traceparent"),
  },
];

/** Attribute with the path of a record's file, which the receiver sets; and of the resource, until it is read. */
export const pathAttribute = filePath;
