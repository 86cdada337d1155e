import { literal } from "../collector";
import { fieldOperators } from "./container-log-fields";
import {
  attribute,
  compute,
  isSet,
  offsetAttribute,
  operator,
  pathAttribute,
  streamAttribute,
  type Operator,
} from "./container-log-operators";

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

/** Id of the operator that reports lines which the log agent reads late, in its log. */
export const lateLineOperator = "line-is-late";

/**
 * Seconds after which a line counts as late when it is read. The log agent looks for lines every second, and the parts of
 * a line wait for up to 5 seconds. The kubelet looks at the size of files every 10 seconds and compresses a file at the
 * second rotation, so a reader that is so late loses lines.
 */
export const lateAfter = 20;

/** Seconds from one report of late lines to the next. */
export const lateReportInterval = 30;

/**
 * Milliseconds of each interval in which late lines are reported. A log agent that is behind reads all the time, so it
 * reads late lines at any moment. Reporting all of them would fill its log.
 */
const lateReportWindow = 25;

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
    `${isDockerText} ? trimSuffix(trimSuffix(${part("log")}, "\\r\\n"), "\\n") : body[${criHead}:]`,
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
      source_identifier: attribute(pathAttribute),
      max_log_size: longestLine,
      max_batch_size: 0,
      max_unmatched_batch_size: 0,
      max_sources: 10_000,
    }),
  ),
  operator("move", "move-stream", `${part("stream")} != nil`, {
    from: partField("stream"),
    to: attribute(streamAttribute),
  }),
  operator("remove", "remove-line", isSet(line), { field: attribute(line) }),
  operator("copy", "copy-path", isSet(pathAttribute), {
    from: attribute(pathAttribute),
    to: `resource["${pathAttribute}"]`,
  }),
];

/**
 * Returns an operator that writes the path of the file, and the time of the line, into the collector's log for each record
 * to which a condition applies: the expression never matches, and this error is not quiet. The record itself goes on.
 */
const report = (id: string, condition: string): Operator =>
  operator("regex_parser", id, condition, {
    parse_from: attribute(pathAttribute),
    regex: literal("^(?P<never>)$"),
    on_error: "send",
  });

/**
 * Reports on lines, each with the place of the line in its file. At this point, the attributes contain nothing that a
 * container has written. Slices count bytes, `len` counts characters.
 */
const reports: readonly Operator[] = [
  report(longLineOperator, `body[${longestLine}:] != ""`),
  report(
    lateLineOperator,
    `now().UnixMilli() % ${lateReportInterval * 1000} < ${lateReportWindow} and now() - timestamp > duration("${lateAfter}s")`,
  ),
  operator("remove", "remove-offset", isSet(offsetAttribute), { field: attribute(offsetAttribute) }),
];

/**
 * Most bytes of a text whose bytes have been replaced. In a longer one, the replacements become question marks, which have
 * one byte: a record that exceeds the limit of a request is dropped, with other records. Two MiB are possible only where a
 * runtime writes parts of several hundred KiB.
 */
const longestText = 2 * longestLine;

/**
 * Replaces bytes that are not UTF-8, because backends refuse a whole request with one of them. This can double the size of
 * a text. It must follow the joining of parts, which can end within a character.
 */
const validText: readonly object[] = [
  { id: "valid-text", type: "sanitize_utf8", on_error: "send_quiet" },
  compute("shorter-text", "body", `replace(body, "\\uFFFD", "?")`, `body[${longestText}:] != ""`),
];

/** Returns the operators from a line in a file to a record. They keep the lines of JSON records if a pipeline wants them. */
export function lineOperators(keepOriginal: boolean): readonly object[] {
  return [...runtimeFormats, ...joinedParts, ...reports, ...validText, ...fieldOperators(keepOriginal)];
}
