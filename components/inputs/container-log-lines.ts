import { literal } from "../collector";

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

const move = (from: string, to: string, condition = isSet(from)): Operator =>
  operator("move", `move-${from}`, condition, { from: attribute(from), to });
const remove = (name: string, condition = isSet(name)): Operator =>
  operator("remove", `remove-${name}`, condition, { field: attribute(name) });
const compute = (id: string, field: string, expression: string, condition: string): Operator =>
  operator("add", id, condition, { field, value: literal(`EXPR(${expression})`) });

const filePath = "log.file.path";

/** Docker writes JSON; containerd and CRI-O write `TIME STREAM TAG LINE`. */
const ofDocker = `body startsWith "{"`;
const ofDockerLine = `${ofDocker} and ${is("log", "string")}`;

const timestamp = {
  parse_from: attribute("time"),
  layout_type: "gotime",
  layout: "2006-01-02T15:04:05.999999999Z07:00",
};

/** Splits a line of the file into time, stream and text, whatever wrote it. */
const runtimeFormats: readonly Operator[] = [
  operator("regex_parser", "cri", `not (${ofDocker})`, {
    regex: literal("^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<logtag>[^ ]*) ?(?P<log>(?s:.*))$"),
    timestamp,
  }),
  operator("json_parser", "docker", ofDocker, { timestamp }),
  // Docker ends each line with a line feed, and a part of a line without one.
  compute("docker-part", attribute("logtag"), `attributes.log endsWith "\\n" ? "F" : "P"`, ofDockerLine),
  compute("docker-line", attribute("log"), `trimSuffix(attributes.log, "\\n")`, ofDockerLine),
  remove("time"),
  remove("attrs"),
];

/** Joins the parts of long lines. The two streams of a container share a file, and their parts can alternate. */
const joinedParts: readonly Operator[] = [
  ...["stdout", "stderr"].map((stream) =>
    operator("recombine", `join-${stream}`, `${attribute("stream")} == "${stream}" and ${is("log", "string")}`, {
      combine_field: attribute("log"),
      combine_with: "",
      is_last_entry: `${attribute("logtag")} != "P"`,
      source_identifier: attribute(filePath),
      max_log_size: longestLine,
      max_batch_size: 0,
      max_unmatched_batch_size: 0,
      max_sources: 10_000,
    }),
  ),
  move("log", "body"),
  remove("logtag"),
  move("stream", attribute("log.iostream")),
  operator("copy", "copy-path", isSet(filePath), { from: attribute(filePath), to: `resource["${filePath}"]` }),
];

/** Two objects in a row are not one JSON text, although the parser would take the first one for it. */
const isJson =
  `type(body) == "string" and trim(body) startsWith "{" and trim(body) endsWith "}" ` +
  `and not (body contains "}{") and not (body contains "} {")`;

const original = "log.original";

/** Turns the fields of a JSON line into attributes, and its message into the body. */
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
  move("msg", "body", `${isSet("msg")} and ${attribute("message")} == nil`),
  move("message", "body"),
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
  move("log.level", attribute("level"), `${isSet("log.level")} and ${attribute("level")} == nil`),
  compute("level-text", attribute("level"), `string(${attribute("level")})`, is("level", "int", "float")),
  operator("severity_parser", "severity", is("level", "string"), {
    parse_from: attribute("level"),
    preset: "none",
    mapping: severities,
  }),
  remove("level", is("level", "string")),
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
  remove("traceparent", `${isSet("traceparent")} and ${isTraced}`),
  operator("trace_parser", "trace", isTraced, {
    trace_id: { parse_from: attribute("trace_id") },
    span_id: { parse_from: attribute("span_id") },
    trace_flags: { parse_from: attribute(flags) },
  }),
  // The id of the trace is the last, because the conditions need it.
  ...[flags, "span_id", "trace_id"].map((name) => remove(name, `${isSet(name)} and ${isTraced}`)),
];

/** Returns the operators from a line in a file to a record. They keep the lines of JSON records if a pipeline wants them. */
export function lineOperators(keepOriginal: boolean): readonly object[] {
  return [...runtimeFormats, ...joinedParts, ...jsonLines(keepOriginal), ...severity, ...traces];
}

/** Attribute with the path of a record's file, which the receiver sets; and of the resource, until it is read. */
export const pathAttribute = filePath;
