import assert from "node:assert/strict";
import type { RawConfiguration } from "../../../components/settings";
import { errorLines, logWith, metricWith, traceWith, warningLines } from "./helpers";

const filter = (...conditions: string[]) => ({ filter: [{ conditions }] });
const transform = (...statements: string[]) => ({ transform: [{ statements }] });

const scraped = "which is 0 for every floating-point value, and so every scraped one, so it is true for all of them.";
const part =
  "names a part of a histogram or summary, but a scraped histogram is one metric without `_bucket`, `_count` and `_sum`. Write the name without this suffix; if a metric has exactly this name, add ` and metric.type == METRIC_DATA_TYPE_GAUGE` with its type.";
const label = (name: string, kind: string, parts: string): string =>
  `reads the attribute \`"${name}"\`, but a point of a scraped ${kind} holds all its ${parts} and has no such attribute. Choose the whole metric by its name; if a metric has this attribute, add \` and metric.type == METRIC_DATA_TYPE_GAUGE\` with its type.`;
const metricFilter = "metricPipelines[0].filter[0].conditions[0]:";
const spanFilter = "tracePipelines[0].filter[0].conditions[0]:";
const logFilter = "logPipelines[0].filter[0].conditions[0]:";

const warned: readonly (readonly [behaviour: string, raw: RawConfiguration, lines: readonly string[]])[] = [
  [
    "an integer value compared with 0",
    metricWith(filter('metric.name == "requests" and datapoint.value_int == 0')),
    [
      `${metricFilter} compares \`datapoint.value_int\` at position 31, ${scraped} Write \`(datapoint.value_int == 0 and datapoint.value_double == 0)\` in its place.`,
    ],
  ],
  [
    "a floating-point value compared with 0, the number first",
    metricWith(filter("0.0 == datapoint.value_double")),
    [
      `${metricFilter} compares \`datapoint.value_double\` at position 1, which is 0 for every integer value, so it is true for all of them. Write \`(datapoint.value_double == 0 and datapoint.value_int == 0)\` in its place.`,
    ],
  ],
  [
    "an integer value below a number, in a statement",
    metricWith(transform('set(datapoint.attributes["a"], "b") where datapoint.value_int < 10')),
    [
      `metricPipelines[0].transform[0].statements[0]: compares \`datapoint.value_int\` at position 43, ${scraped} Write \`(datapoint.value_int < NUMBER and datapoint.value_double < NUMBER)\` in its place.`,
    ],
  ],
  [
    "one of both values",
    metricWith(filter("datapoint.value_int == 0 or datapoint.value_double == 0")),
    [
      `${metricFilter} compares \`datapoint.value_int\` at position 1, ${scraped} Write \`(datapoint.value_int == 0 and datapoint.value_double == 0)\` in its place.`,
      `${metricFilter} compares \`datapoint.value_double\` at position 29, which is 0 for every integer value, so it is true for all of them. Write \`(datapoint.value_double == 0 and datapoint.value_int == 0)\` in its place.`,
    ],
  ],
  [
    "a negated integer value",
    metricWith(filter("not (datapoint.value_int > 5)")),
    [
      `${metricFilter} compares \`datapoint.value_int\` at position 6, ${scraped} Write \`(datapoint.value_int <= NUMBER and datapoint.value_double <= NUMBER)\` without the \`not\`.`,
    ],
  ],
  [
    "a yes or no in quotes",
    metricWith(filter('metric.is_monotonic == "true"')),
    [
      `${metricFilter} compares \`metric.is_monotonic\`, which is true or false, with text, so \`==\` is never true. Write \`metric.is_monotonic == true\`, without quotes.`,
    ],
  ],
  ["buckets", metricWith(filter('metric.name == "latency_seconds_bucket"')), [`${metricFilter} ${part}`]],
  ["buckets by pattern", metricWith(filter('IsMatch(metric.name, ".*_bucket$")')), [`${metricFilter} ${part}`]],
  ...[
    ".*_(bucket|count|sum)$",
    "^http_.*_(?:count|sum)$",
    "latency_seconds_(count)",
    "^(a|b)_(bytes|size)_(sum|max)$",
    "^requests_count$|^requests_sum$",
  ].map(
    (pattern) =>
      [
        `parts by pattern: ${pattern}`,
        metricWith(filter(`IsMatch(metric.name, "${pattern}")`)),
        [`${metricFilter} ${part}`],
      ] as const,
  ),
  [
    "a bucket by its label",
    metricWith(filter('metric.name == "latency_seconds" and datapoint.attributes["le"] == "0.5"')),
    [`${metricFilter} ${label("le", "histogram", "buckets")}`],
  ],
  [
    "a bucket by its name and its label",
    metricWith(filter('metric.name == "latency_seconds_bucket" and datapoint.attributes["le"] != nil')),
    [`${metricFilter} ${label("le", "histogram", "buckets")}`, `${metricFilter} ${part}`],
  ],
  [
    "quantiles by pattern, twice",
    metricWith(
      transform(
        'set(datapoint.attributes["a"], "b") where IsMatch(datapoint.attributes["quantile"], "0.9") or datapoint.attributes["quantile"] == "1"',
      ),
    ),
    [`metricPipelines[0].transform[0].statements[0]: ${label("quantile", "summary", "quantiles")}`],
  ],
  ["a histogram's count", metricWith(filter('metric.name == "latency_seconds_count"')), [`${metricFilter} ${part}`]],
  [
    "a summary's sum by suffix",
    metricWith(filter('HasSuffix(metric.name, "_bytes_sum")')),
    [`${metricFilter} ${part}`],
  ],
  [
    "a metric's type as text",
    metricWith(filter('metric.type == "Gauge"')),
    [
      `${metricFilter} compares \`metric.type\`, which is a number, with text, so \`==\` is never true. Write \`metric.type == METRIC_DATA_TYPE_GAUGE\`.`,
    ],
  ],
  [
    "a span's kind as text, which drops all",
    traceWith(filter('span.kind != "SPAN_KIND_SERVER"')),
    [
      `${spanFilter} compares \`span.kind\`, which is a number, with text, so \`!=\` is always true. Write \`span.kind == SPAN_KIND_SERVER\`, or \`span.kind.string == "Server"\`.`,
    ],
  ],
  [
    "a span's status as text",
    traceWith(filter('"ERROR" == span.status.code')),
    [
      `${spanFilter} compares \`span.status.code\`, which is a number, with text, so \`==\` is never true. Write \`span.status.code == STATUS_CODE_ERROR\`.`,
    ],
  ],
  [
    "a trace id as text",
    traceWith(filter('span.trace_id == "0102"')),
    [
      `${spanFilter} compares \`span.trace_id\`, which is an identifier, with text, so \`==\` is never true. Write \`span.trace_id.string == "HEX"\`, or \`span.trace_id == TraceID(0x00000000000000000000000000000000)\` for an empty one.`,
    ],
  ],
  [
    "no parent as nil",
    traceWith(filter("span.parent_span_id == nil")),
    [
      `${spanFilter} compares \`span.parent_span_id\`, which is an identifier, with \`nil\`, so \`==\` is never true. Write \`span.parent_span_id.string == "HEX"\`, or \`span.parent_span_id == SpanID(0x0000000000000000)\` for an empty one.`,
    ],
  ],
  [
    "no parent as an empty text",
    traceWith(filter('span.parent_span_id.string == ""')),
    [
      `${spanFilter} compares \`span.parent_span_id.string\` with \`""\`, but an empty identifier is a text of zeros, so \`==\` is never true. Write \`span.parent_span_id.string == "HEX"\`, or \`span.parent_span_id == SpanID(0x0000000000000000)\` for an empty one.`,
    ],
  ],
  [
    "a text field that cannot be nil",
    traceWith(filter("span.name == nil")),
    [
      `${spanFilter} compares \`span.name\`, which is text, with \`nil\`, so \`==\` is never true. Compare it with text in double quotes; a missing text is \`""\`.`,
    ],
  ],
  [
    "a time as a number",
    traceWith(filter("span.start_time > 0")),
    [
      `${spanFilter} compares \`span.start_time\`, which is a time, with a number, so \`>\` is never true. Compare \`span.start_time_unix_nano\` with a number of nanoseconds.`,
    ],
  ],
  [
    "a severity as text",
    logWith(filter('log.severity_number < "WARN"')),
    [
      `${logFilter} compares \`log.severity_number\`, which is a number, with text, so \`<\` is never true. Write \`log.severity_number == SEVERITY_NUMBER_INFO\`, or \`log.severity_text == "INFO"\`.`,
    ],
  ],
  [
    "a severity set to text",
    logWith(transform('set(log.severity_number, "INFO") where log.severity_text == "info"')),
    [
      "logPipelines[0].transform[0].statements[0]: sets `log.severity_number`, which is a number, to text, which changes nothing. Write `set(log.severity_number, SEVERITY_NUMBER_INFO)`.",
    ],
  ],
  [
    "a name set to a number",
    traceWith(transform("set(span.name, 5)")),
    [
      "tracePipelines[0].transform[0].statements[0]: sets `span.name`, which is text, to a number, which changes nothing. Set it to text.",
    ],
  ],
  [
    "records below a severity",
    logWith(filter("log.severity_number < SEVERITY_NUMBER_WARN")),
    [
      `${logFilter} drops records without a severity, too: their \`log.severity_number\` is 0. Put \`log.severity_number > 0 and \` in front of the comparison, or write \`>= 0\` there if they are meant.`,
    ],
  ],
  [
    "an attribute that is not empty",
    traceWith(filter('span.attributes["user"] != ""')),
    [
      `${spanFilter} compares an attribute with \`""\` at position 1, which drops the items without this attribute, too. Write \`(span.attributes[KEY] != nil and span.attributes[KEY] != "")\`.`,
    ],
  ],
  [
    "two != with an or",
    traceWith(filter('span.name != "a" or span.name != "b"')),
    [
      `${spanFilter} has two \`!=\` of the same path with an \`or\` at position 1, which is always true. Write \`and\` between them.`,
    ],
  ],
  [
    "two == with an and",
    traceWith(filter("(span.kind == SPAN_KIND_SERVER and span.kind == SPAN_KIND_CLIENT)")),
    [
      `${spanFilter} has two \`==\` of the same path with an \`and\` at position 2, which is never true. Write \`or\` between them, in brackets.`,
    ],
  ],
  [
    "two conditions with != in two entries",
    logWith({
      filter: [{ conditions: ['log.severity_text != "INFO"'] }, { conditions: ['log.severity_text != "WARN"'] }],
    }),
    [
      "logPipelines[0].filter[1].conditions[0]: is true where `logPipelines[0].filter[0].conditions[0]` is not, and one of them is enough, so everything is dropped. Write both in one condition, with `and` between them.",
    ],
  ],
  [
    "two conditions of a transform with !=",
    logWith({
      transform: [
        { conditions: ['log.severity_text != "a"', 'log.severity_text != "b"'], statements: ['set(log.body, "c")'] },
      ],
    }),
    [
      "logPipelines[0].transform[0].conditions[1]: is true where `logPipelines[0].transform[0].conditions[0]` is not, and one of them is enough, so the statements always run. Write both in one condition, with `and` between them.",
    ],
  ],
  ...[
    "metric.name != nil",
    'IsMatch(metric.name, ".*")',
    'metric.name == "a" or metric.name != nil',
    'metric.name == "a" or true',
    'metric.name != nil and IsMatch(metric.unit, "^.*$")',
  ].map(
    (condition) =>
      [
        `a condition that every item meets: ${condition}`,
        metricWith(filter(condition)),
        [
          `${metricFilter} is true for every item, so everything is dropped. Compare with the value to drop; if the condition shall choose a context, add \`and\` and a comparison.`,
        ],
      ] as const,
  ),
  [
    "a name compared with a pattern",
    metricWith(filter('metric.name == "http_*"', 'resource.attributes["k8s.namespace.name"] != "team-.*"')),
    [
      `${metricFilter} compares \`metric.name\` with a text with a \`*\`, but \`==\` knows no patterns, so it is never true. Write \`IsMatch(metric.name, "^START.*END$")\`.`,
      'metricPipelines[0].filter[0].conditions[1]: compares `resource.attributes["k8s.namespace.name"]` with a text with a `*`, but `!=` knows no patterns, so it is always true. Write `not IsMatch(resource.attributes["k8s.namespace.name"], "^START.*END$")`.',
    ],
  ],
  [
    "data points that become equal",
    metricWith(transform('keep_keys(datapoint.attributes, ["method"])')),
    [
      'metricPipelines[0].transform[0].statements[0]: removes attributes that distinguish the data points of a metric, and points that become equal are not added up. Write `aggregate_on_attributes("sum", [KEYS]) where metric.name == "NAME"` into an entry of its own instead.',
    ],
  ],
  [
    "a metric's name that grows with each data point",
    metricWith(
      transform('set(metric.name, Concat(["shop", metric.name], "."))', 'set(datapoint.attributes["team"], "shop")'),
    ),
    [
      "metricPipelines[0].transform[0].statements[0]: runs once per data point, because this entry has a path of `datapoint.`, so it appends to a field of the metric again and again. Move it into a separate entry that has no path of `datapoint.`.",
    ],
  ],
  [
    "a list of attributes to keep without the identity",
    metricWith(transform('keep_keys(resource.attributes, ["team"])')),
    [
      'metricPipelines[0].transform[0].statements[0]: removes the resource attribute `service.name`. Add `"service.name"` to the list.',
      'metricPipelines[0].transform[0].statements[0]: removes the resource attributes that distinguish pods, so the series of all pods become one. Add `"k8s.pod.uid"` to the list.',
    ],
  ],
  [
    "a list of attributes to keep without the service",
    traceWith(transform('keep_keys(resource.attributes, ["k8s.namespace.name"])')),
    [
      'tracePipelines[0].transform[0].statements[0]: removes the resource attribute `service.name`. Add `"service.name"` to the list.',
    ],
  ],
];

describe("OTTL whose effect differs from its appearance is accepted with a warning:", () => {
  for (const [behaviour, raw, lines] of warned) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), lines);
    });
  }
});

const silent: readonly (readonly [behaviour: string, raw: RawConfiguration])[] = [
  ["both values", metricWith(filter("datapoint.value_double == 0.0 and datapoint.value_int == 0"))],
  ["a yes or no", metricWith(filter("metric.is_monotonic == true", "metric.is_monotonic != nil"))],
  ["both values, negated", metricWith(filter("not (datapoint.value_double != 0.0 or datapoint.value_int != 0)"))],
  ["a value for which 0 does not count", metricWith(filter("datapoint.value_int > 5", "datapoint.value_double < -1"))],
  ["a value compared with nil", metricWith(filter("datapoint.value_int == nil"))],
  ["a counter's suffix", metricWith(filter('metric.name == "requests_total"', 'metric.name == "pool_count"'))],
  ["a count by pattern, which a gauge may have", metricWith(filter('IsMatch(metric.name, "^pool_(count|max)$")'))],
  [
    "a pattern that the whole histogram matches",
    metricWith(filter('IsMatch(metric.name, "^latency(_bucket|_sum)?$")')),
  ],
  ["a pattern with many groups", metricWith(filter(`IsMatch(metric.name, "${"(a|b)".repeat(100)}")`))],
  [
    "a label with the metric's type",
    metricWith(filter('datapoint.attributes["le"] == "1" and metric.type == METRIC_DATA_TYPE_GAUGE')),
  ],
  ["a label that a statement makes", metricWith(transform('set(datapoint.attributes["le"], "1")'))],
  ["a label of the sender", metricWith(filter('resource.attributes["le"] == "1"'))],
  [
    "a suffix with the metric's type",
    metricWith(filter('metric.name == "latency_seconds_count" and metric.type == METRIC_DATA_TYPE_SUM')),
  ],
  [
    "a suffix where transforms make metrics",
    metricWith({
      transform: [{ statements: ['extract_count_metric(true) where metric.name == "latency_seconds"'] }],
      filter: [{ conditions: ['metric.name == "latency_seconds_count"'] }],
    }),
  ],
  [
    "fields and literals of one type",
    traceWith(
      filter('span.kind == 2 or span.kind.string == "Server"', "span.parent_span_id == SpanID(0x0000000000000000)"),
    ),
  ],
  ["types that depend on the data", traceWith(filter('span.attributes["http.status_code"] == "500"'))],
  ["a context chosen for a comparison", metricWith(filter('metric.name != nil and resource.attributes["a"] == "b"'))],
  ["a span's name with a star", traceWith(filter('span.name == "GET /*"'))],
  [
    "a pattern that not every text matches",
    traceWith(filter('IsMatch(span.name, "^.+$") or IsMatch(span.name, "a.*")')),
  ],
  ["a field that some metrics lack", metricWith(filter("metric.is_monotonic != nil"))],
  [
    "data points that are added up",
    metricWith({
      transform: [
        { statements: ['keep_keys(datapoint.attributes, ["method"])'] },
        { statements: ['aggregate_on_attributes("sum") where metric.name == "requests"'] },
      ],
    }),
  ],
  [
    "attributes of chosen data points",
    metricWith(transform('keep_keys(datapoint.attributes, ["method"]) where metric.name == "requests"')),
  ],
  ["attributes of log records", logWith(transform('keep_keys(log.attributes, ["a"])'))],
  ["a guard that is always true", metricWith(transform('set(resource.attributes["a"], "b") where metric.name != nil'))],
  ["results of functions", traceWith(filter('Concat([span.name, "a"], "") == "b" and Len(span.name) > 3'))],
  ["a severity with its lower bound", logWith(filter("log.severity_number > 0 and log.severity_number < 9"))],
  ["a severity from above", logWith(filter("log.severity_number >= SEVERITY_NUMBER_WARN"))],
  [
    "an attribute that exists and is not empty",
    logWith(filter('log.attributes["a"] != nil and log.attributes["a"] != ""')),
  ],
  ["two != with an and", traceWith(filter('span.name != "a" and span.name != "b"'))],
  ["two == with an or", traceWith(filter('span.name == "a" or span.name == "b"'))],
  ["two != where one has an and", traceWith(filter('span.name != "a" or span.name != "b" and span.kind == 2'))],
  ["two != of different paths", traceWith(filter('span.attributes["a"] != "b"', 'span.attributes["c"] != "d"'))],
  [
    "a metric's name in its own entry",
    metricWith({
      transform: [
        { statements: ['set(metric.name, Concat(["shop", metric.name], "."))'] },
        { statements: ['set(datapoint.attributes["a"], "b")'] },
      ],
    }),
  ],
  [
    "a list of attributes to keep with the identity",
    metricWith(transform('keep_keys(resource.attributes, ["service.name", "k8s.pod.uid"])')),
  ],
];

describe("OTTL is accepted without a warning:", () => {
  for (const [behaviour, raw] of silent) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), []);
    });
  }
});
