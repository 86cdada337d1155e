/** Lines as runtimes write them, and the records that they become. */
export interface Line {
  readonly what: string;
  readonly written: string | Buffer;
  readonly records: readonly Expected[];
}

interface Expected {
  readonly body?: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly severity?: number;
  readonly severityText?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
}

const time = "2025-11-29T00:00:00.123456789Z";
const stdout = { "log.iostream": "stdout" };

/** A line as containerd writes it. */
const cri = (text: string | Buffer, { tag = "F", stream = "stdout", at = time } = {}): Buffer =>
  Buffer.concat([Buffer.from(`${at} ${stream} ${tag} `), Buffer.from(text), Buffer.from("\n")]);
const docker = (log: string, more: object = {}): string =>
  `${JSON.stringify({ log, stream: "stdout", time, ...more })}\n`;
const plain = (body: string): Expected => ({ body, attributes: stdout });

/** A line that no runtime has written. */
const garbage = (body: string): Expected => ({ body, attributes: {} });

/** One line of text that stays as it is. */
const unchanged = (what: string, text: string): Line => ({ what, written: cri(text), records: [plain(text)] });

/** One line that is JSON, with its message, its other fields, and what follows from them. */
const json = (what: string, fields: object, record: Partial<Expected>): Line => {
  const text = JSON.stringify(fields);
  const { attributes, ...rest } = record;
  const original = rest.body === undefined ? {} : { "log.original": text };
  return {
    what,
    written: cri(text),
    records: [{ body: text, ...rest, attributes: { ...stdout, ...original, ...attributes } }],
  };
};

/** A line of any length, as containerd writes it without a limit. */
export const unsplit = (text: string): Buffer => cri(text);

/** Splits bytes as containerd does, after 16 KiB. */
export function parts(text: string | Buffer, size = 16_384): Buffer {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    const tag = start + size < bytes.length ? "P" : "F";
    pieces.push(cri(bytes.subarray(start, start + size), { tag }));
  }
  return Buffer.concat(pieces);
}

const trace = "0af7651916cd43dd8448eb211c80319c";
const span = "b7ad6b7169203331";
const long = "x".repeat(256 * 1024 - 3);
const umlauts = "ü€😀".repeat(9000);
const spaces = `${"a".repeat(16_383)} ${"b".repeat(16_383)} c `;

/** Objects and arrays in each other, with this number of levels. */
const nested = (levels: number): object =>
  levels === 1 ? {} : levels % 2 === 0 ? { a: nested(levels - 1) } : [true, nested(levels - 1)];

export const lines: readonly Line[] = [
  unchanged("are plain text", "GET /cart 200 12ms"),
  {
    what: "are CRI-O's, with an offset",
    written: cri("hello", { at: "2025-11-29T01:00:00.123456789+01:00" }),
    records: [plain("hello")],
  },
  { what: "are Docker's", written: docker("hello\n"), records: [plain("hello")] },
  { what: "are Docker's with labels", written: docker("hello\n", { attrs: { tag: "x" } }), records: [plain("hello")] },
  {
    what: "are Docker's JSON",
    written: docker(`${JSON.stringify({ message: "m", level: "warn" })}\n`),
    records: [
      {
        body: "m",
        attributes: { ...stdout, "log.original": '{"message":"m","level":"warn"}' },
        severity: 13,
        severityText: "warn",
      },
    ],
  },
  {
    what: "are parts of Docker's",
    written: docker("one ") + docker("two ") + docker("three\n"),
    records: [plain("one two three")],
  },
  { what: "are Docker's with a carriage return", written: docker("dos\r\n"), records: [plain("dos")] },
  {
    what: "are parts of Docker's that end with a carriage return",
    written: docker("one\r") + docker("two\n"),
    records: [plain("one\rtwo")],
  },
  {
    what: "are Docker's without a text",
    written: `{"log":5,"stream":"stdout","time":"${time}"}\n`,
    records: [
      {
        body: `{"log":5,"stream":"stdout","time":"${time}"}`,
        attributes: { ...stdout, log: "5n", stream: "stdout", time },
      },
    ],
  },
  {
    what: "are on standard error",
    written: cri("oops", { stream: "stderr" }),
    records: [{ body: "oops", attributes: { "log.iostream": "stderr" } }],
  },
  {
    what: "are in three parts",
    written: Buffer.concat([cri("one ", { tag: "P" }), cri("two ", { tag: "P" }), cri("three")]),
    records: [plain("one two three")],
  },
  {
    what: "are in parts while the other stream writes",
    written: Buffer.concat([
      cri("out1 ", { tag: "P" }),
      cri("err1 ", { tag: "P", stream: "stderr" }),
      cri("out2"),
      cri("err2", { stream: "stderr" }),
    ]),
    records: [plain("out1 out2"), { body: "err1 err2", attributes: { "log.iostream": "stderr" } }],
  },
  { what: "have 256 KiB", written: parts(long), records: [plain(long)] },
  { what: "are in parts that end within a character", written: parts(umlauts), records: [plain(umlauts)] },
  { what: "are in parts that end with a space", written: parts(spaces), records: [plain(spaces)] },
  {
    what: "are long JSON",
    written: parts(JSON.stringify({ message: long })),
    records: [{ body: long, attributes: { ...stdout, "log.original": JSON.stringify({ message: long }) } }],
  },
  {
    what: "lose a carriage return at the end of a part",
    written: parts(`${"z".repeat(16_383)}\ry`),
    records: [plain(`${"z".repeat(16_383)}y`)],
  },
  { what: "are empty", written: cri(""), records: [plain("")] },
  { what: "are empty, without a space after the tag", written: `${time} stdout F\n`, records: [plain("")] },
  unchanged("are white space", "   "),
  unchanged("begin and end with white space", "  \tindented  "),
  { what: "end with a carriage return", written: cri("dos\r"), records: [plain("dos")] },
  unchanged("have a carriage return inside", "10%\r20%\r30%"),
  unchanged("have ANSI colours", "\u001b[31mERROR\u001b[0m failed"),
  unchanged("have control characters and a NUL", "a\u0000b\u0007c\u007f"),
  unchanged("have characters of four bytes, and those that HTML escapes", "<a href='x'>&amp; 😀 \u2028 \u2029"),
  {
    what: "are not UTF-8",
    written: cri(Buffer.from([0x66, 0xfc, 0x72, 0x20, 0xff, 0xfe])),
    records: [plain("f\ufffdr \ufffd")],
  },
  {
    what: "are JSON that is not UTF-8",
    written: cri(Buffer.concat([Buffer.from('{"message":"f'), Buffer.from([0xfc]), Buffer.from('r"}')])),
    records: [{ body: "f\ufffdr", attributes: { ...stdout, "log.original": '{"message":"f\ufffdr"}' } }],
  },
  unchanged("look like a line of containerd", `${time} stdout F nested`),
  unchanged("are in braces without being JSON", "{not json}"),
  unchanged("are braces in a text", "{a} and {b}"),
  unchanged("are JSON that ends too early", '{"message":"a","level":'),
  unchanged("are two JSON objects", '{"message":"a"} {"message":"b"}'),
  unchanged("are two JSON objects in a row", '{"message":"a"}{"message":"b"}'),
  unchanged("are two JSON objects with a tab between", '{"message":"a"}\t{"message":"b"}'),
  unchanged("are two JSON objects with a comma between", '{"message":"a"},{"message":"b"}'),
  unchanged("are two JSON objects in a text", '{"level":"info"} -> {"status":200}'),
  unchanged("are a JSON object and a text", '{"message":"a"}; took {3ms}'),
  unchanged("are JSON with a comma too many", '{"message":"a",}'),
  unchanged("are JSON with a number that begins with zero", '{"message":"a","zip":01234}'),
  unchanged("are JSON with half an escape", '{"message":"a","unit":"\\u00b"}'),
  unchanged("are JSON with a control character", '{"message":"a\tb"}'),
  unchanged("are JSON with a number that is too large", '{"message":"a","size":1e400}'),
  unchanged("are JSON with the stream of another line", '{"message":"a","log.iostream":"stderr"}'),
  unchanged("are JSON without a stream", '{"message":"a","log.iostream":null}'),
  unchanged("are JSON with another file", '{"message":"a","log\\u002efile.path":"/other"}'),
  unchanged("are JSON with another original", '{"event":"a","log.original":"b"}'),
  json(
    "are JSON with braces in a text",
    { message: "GET /a/{id}{format}", hint: "use {a} {b}", level: "error" },
    { body: "GET /a/{id}{format}", attributes: { hint: "use {a} {b}" }, severity: 17, severityText: "error" },
  ),
  json(
    "are JSON with an object at the end",
    { message: "m", a: { b: {} } },
    { body: "m", attributes: { a: { b: {} } } },
  ),
  unchanged("are a JSON array", '[{"message":"a"}]'),
  unchanged("are a JSON text", '"message"'),
  unchanged("are an empty JSON object", "{}"),
  {
    what: "are JSON with white space around",
    written: cri(' {"message":"a"} \r'),
    records: [{ body: "a", attributes: { ...stdout, "log.original": ' {"message":"a"} ' } }],
  },
  json("are JSON with message", { message: "paid", order: 7 }, { body: "paid", attributes: { order: "7n" } }),
  json("are JSON with msg", { msg: "paid" }, { body: "paid" }),
  json(
    "are JSON with message and msg",
    { msg: "short", message: "long" },
    { body: "long", attributes: { msg: "short" } },
  ),
  json(
    "are JSON without a message",
    { event: "paid", ok: true, none: null },
    { attributes: { event: "paid", ok: true } },
  ),
  json(
    "are nested JSON",
    { message: "m", http: { status: 200, path: ["a", 1, { b: 1.5 }] } },
    { body: "m", attributes: { http: { status: "200n", path: ["a", "1n", { b: 1.5 }] } } },
  ),
  json(
    "are JSON with 30 levels",
    { message: "m", a: nested(29), b: [[[]]] },
    { body: "m", attributes: { a: nested(29), b: [[[]]] } },
  ),
  unchanged("are JSON with 31 levels", JSON.stringify({ message: "m", a: nested(29), b: [nested(29)] })),
  unchanged("are JSON with hundreds of levels", `{"message":"m","a":${"[".repeat(500)}${"]".repeat(500)}}`),
  {
    what: "are JSON with braces of 31 levels in a text",
    written: cri(JSON.stringify({ message: "{[".repeat(40) })),
    records: [
      {
        body: "{[".repeat(40),
        attributes: { ...stdout, "log.original": JSON.stringify({ message: "{[".repeat(40) }) },
      },
    ],
  },
  json("are JSON whose message is an object", { message: { text: "a", n: 1 } }, { body: { text: "a", n: "1n" } }),
  json("are JSON whose message is a number", { message: 42 }, { body: "42n" }),
  json("are JSON whose message is empty", { message: "" }, { body: "" }),
  {
    what: "are JSON with a number of 64 bits",
    written: cri('{"message":"m","id":1234567890123456789}'),
    records: [
      {
        body: "m",
        attributes: {
          ...stdout,
          "log.original": '{"message":"m","id":1234567890123456789}',
          id: "1234567890123456789n",
        },
      },
    ],
  },
  {
    what: "are JSON with a number above 64 bits",
    written: cri('{"id":18446744073709551615}'),
    records: [{ body: '{"id":18446744073709551615}', attributes: { ...stdout, id: 18446744073709552000 } }],
  },
  json(
    "are JSON with the keys of the runtime",
    { message: "m", time: "t", stream: "s", log: "l", logtag: "P", line: "n" },
    { body: "m", attributes: { time: "t", stream: "s", log: "l", logtag: "P", line: "n" } },
  ),
  json(
    "are JSON with keys of Kubernetes",
    { message: "m", "k8s.namespace.name": "other" },
    { body: "m", attributes: { "k8s.namespace.name": "other" } },
  ),
  ...(
    [
      ["trace", 1],
      ["DEBUG", 5],
      ["Info", 9],
      ["notice", 9],
      ["warning", 13],
      ["err", 17],
      ["CRITICAL", 21],
      ["panic", 21],
    ] as const
  ).map(([level, severity]) =>
    json(`have the severity ${level}`, { message: "m", level }, { body: "m", severity, severityText: level }),
  ),
  json(
    "have a severity in log.level",
    { message: "m", "log.level": "error" },
    { body: "m", severity: 17, severityText: "error" },
  ),
  json(
    "have both fields for the severity",
    { message: "m", level: "info", "log.level": "error" },
    { body: "m", attributes: { "log.level": "error" }, severity: 9, severityText: "info" },
  ),
  json("have a number of Pino as severity", { msg: "m", level: 30 }, { body: "m", severity: 9, severityText: "30" }),
  json("have another number as severity", { msg: "m", level: 7 }, { body: "m", severityText: "7" }),
  json("have a severity that nobody knows", { message: "m", level: "loud" }, { body: "m", severityText: "loud" }),
  json(
    "have an object as severity",
    { message: "m", level: { a: 1 } },
    { body: "m", attributes: { level: { a: "1n" } } },
  ),
  json("have a truth value as severity", { message: "m", level: true }, { body: "m", attributes: { level: true } }),
  json(
    "have trace and span",
    { message: "m", trace_id: trace, span_id: span, trace_flags: "01" },
    { body: "m", traceId: trace, spanId: span, flags: 1 },
  ),
  json(
    "have flags that are a number",
    { message: "m", trace_id: trace, span_id: span, trace_flags: 1 },
    { body: "m", traceId: trace, spanId: span, flags: 1 },
  ),
  json(
    "have flags that are a number of two digits",
    { message: "m", trace_id: trace, trace_flags: 17 },
    { body: "m", traceId: trace, flags: 17 },
  ),
  json(
    "have a number that is too large as flags",
    { message: "m", trace_id: trace, trace_flags: 256 },
    { body: "m", attributes: { trace_id: trace, trace_flags: "256n" } },
  ),
  json(
    "have a trace and a traceparent that is not read",
    { message: "m", trace_id: trace, span_id: span, traceparent: "none" },
    { body: "m", attributes: { traceparent: "none" }, traceId: trace, spanId: span },
  ),
  json("have a trace alone", { message: "m", trace_id: trace }, { body: "m", traceId: trace }),
  json(
    "have a trace with a wrong span",
    { message: "m", trace_id: trace, span_id: "b7" },
    { body: "m", attributes: { trace_id: trace, span_id: "b7" } },
  ),
  json(
    "have a trace of zeros",
    { message: "m", trace_id: "0".repeat(32) },
    { body: "m", attributes: { trace_id: "0".repeat(32) } },
  ),
  json("have a number as trace", { message: "m", trace_id: 12 }, { body: "m", attributes: { trace_id: "12n" } }),
  json(
    "have a traceparent",
    { message: "m", traceparent: `00-${trace}-${span}-01` },
    { body: "m", traceId: trace, spanId: span, flags: 1 },
  ),
  json(
    "have a traceparent of zeros",
    { message: "m", traceparent: `00-${"0".repeat(32)}-${span}-01` },
    { body: "m", attributes: { traceparent: `00-${"0".repeat(32)}-${span}-01` } },
  ),
  json(
    "have a wrong traceparent",
    { message: "m", traceparent: `00-${trace}-xyz-01` },
    { body: "m", attributes: { traceparent: `00-${trace}-xyz-01` } },
  ),
  json(
    "have a traceparent of a version that is none",
    { message: "m", traceparent: `ff-${trace}-${span}-01` },
    { body: "m", attributes: { traceparent: `ff-${trace}-${span}-01` } },
  ),
  {
    what: "do not have the form of a runtime",
    written: "garbage without a time\n",
    records: [garbage("garbage without a time")],
  },
  {
    what: "do not have the form of a runtime, in parts of a line",
    written: Buffer.concat([cri("one ", { tag: "P" }), Buffer.from("garbage\n"), cri("two")]),
    records: [garbage("garbage"), plain("one two")],
  },
  {
    what: "are zeros after a crash of the node",
    written: Buffer.concat([cri("before"), Buffer.alloc(8), Buffer.from("\n"), cri("after")]),
    records: [plain("before"), garbage("\0".repeat(8)), plain("after")],
  },
  {
    what: "have a time that is not ASCII",
    written: "gestern früh stdout F text\n",
    records: [garbage("gestern früh stdout F text")],
  },
  { what: "have an invalid time", written: cri("text", { at: "yesterday" }), records: [plain("text")] },
  {
    what: "are equal",
    written: Buffer.concat([cri("same"), cri("same")]),
    records: [plain("same"), plain("same")],
  },
];
