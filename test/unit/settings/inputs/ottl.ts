import { logWith, metricWith, traceWith, type BadInput } from "../helpers";

const filter = (...conditions: unknown[]) => ({ filter: [{ conditions }] });
const transform = (...statements: unknown[]) => ({ transform: [{ statements }] });

export const ottl: readonly BadInput[] = [
  [
    "a filter that is not a list",
    metricWith({ filter: { conditions: [] } }),
    [
      "metricPipelines[0].filter: must be a list, not an object. For example: [{ conditions: ['metric.name == \"requests\"'] }].",
    ],
  ],
  [
    "a filter written as its condition",
    metricWith({ filter: ['metric.name == "a"'] }),
    [
      "metricPipelines[0].filter[0]: must be an object, not text. For example: { conditions: ['metric.name == \"requests\"'] }.",
    ],
  ],
  [
    "a filter without conditions",
    metricWith({ filter: [{}] }),
    ["metricPipelines[0].filter[0]: has no condition. Add one to `conditions`, or remove this entry."],
  ],
  [
    "a filter with no condition",
    traceWith(filter()),
    ["tracePipelines[0].filter[0]: has no condition. Add one to `conditions`, or remove this entry."],
  ],
  [
    "a filter with statements",
    logWith({ filter: [{ statements: ["x"] }] }),
    [
      "logPipelines[0].filter[0].statements: is not a known field. It belongs into `transform[]`.",
      "logPipelines[0].filter[0]: has no condition. Add one to `conditions`, or remove this entry.",
    ],
  ],
  [
    "an empty condition",
    logWith(filter("")),
    [
      "logPipelines[0].filter[0].conditions[0]: is empty. Write OTTL, such as log.severity_number > 0 and log.severity_number < SEVERITY_NUMBER_WARN.",
    ],
  ],
  [
    "a condition of white space",
    traceWith(filter(" \n")),
    [
      'tracePipelines[0].filter[0].conditions[0]: is empty. Write OTTL, such as span.attributes["http.route"] == "/healthz".',
    ],
  ],
  [
    "a condition that is true instead of text",
    metricWith(filter(true)),
    ["metricPipelines[0].filter[0].conditions[0]: must be text, not true or false. Put it in quotes."],
  ],
  [
    "a condition that is a number",
    metricWith(filter(1)),
    ["metricPipelines[0].filter[0].conditions[0]: must be text, not a number. Put it in quotes."],
  ],
  [
    "a filter that changes data",
    logWith(filter('set(log.body, "a")')),
    [
      "logPipelines[0].filter[0].conditions[0]: has a function at position 1 that changes data, which a condition cannot. Write what to drop as a comparison; changes go into `transform`.",
    ],
  ],
  [
    "a filter that deletes an attribute",
    metricWith(filter('delete_key(datapoint.attributes, "a")')),
    [
      "metricPipelines[0].filter[0].conditions[0]: has a function at position 1 that changes data, which a condition cannot. Write what to drop as a comparison; changes go into `transform`.",
    ],
  ],
  [
    "a filter that changes data beside a comparison",
    traceWith(filter('span.name == "a" and set(span.name, "b")')),
    [
      "tracePipelines[0].filter[0].conditions[0]: has a function at position 22 that changes data, which a condition cannot. Write what to drop as a comparison; changes go into `transform`.",
    ],
  ],
  [
    "a transform whose condition changes data",
    logWith({ transform: [{ conditions: ['set(log.body, "a")'], statements: ['set(log.body, "b")'] }] }),
    [
      "logPipelines[0].transform[0].conditions[0]: has a function at position 1 that changes data, which a condition cannot. Move it into `statements`.",
    ],
  ],
  [
    "attributes without context in a metric filter",
    metricWith(filter('attributes["a"] == "b"')),
    [
      "metricPipelines[0].filter[0].conditions[0]: has a path at position 1 that does not start with its context. Put one of `metric.`, `datapoint.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "attributes without context in a trace filter",
    traceWith(filter('attributes["a"] == "b"')),
    [
      "tracePipelines[0].filter[0].conditions[0]: has a path at position 1 that does not start with its context. Put one of `span.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "a body without context",
    logWith(filter('IsMatch(body, "a.*")')),
    [
      "logPipelines[0].filter[0].conditions[0]: has a path at position 9 that does not start with its context. Put one of `log.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "a name without context",
    metricWith(filter('name == "a"')),
    [
      "metricPipelines[0].filter[0].conditions[0]: has a path at position 1 that does not start with its context. Put one of `metric.`, `datapoint.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "a second path without context",
    metricWith(filter('metric.name == "a" and type == METRIC_DATA_TYPE_SUM')),
    [
      "metricPipelines[0].filter[0].conditions[0]: has a path at position 24 that does not start with its context. Put one of `metric.`, `datapoint.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "a statement on a path without context",
    traceWith(transform('set(attributes["a"], "b")')),
    [
      "tracePipelines[0].transform[0].statements[0]: has a path at position 5 that does not start with its context. Put one of `span.`, `spanevent.`, `resource.`, `scope.` in front of it.",
    ],
  ],
  [
    "a span event in a trace filter",
    traceWith(filter('spanevent.name == "a"')),
    [
      "tracePipelines[0].filter[0].conditions[0]: uses `spanevent.`, which a filter of a trace pipeline does not have. Use one of `span.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a span in a metric filter",
    metricWith(filter('span.name == "a"')),
    [
      "metricPipelines[0].filter[0].conditions[0]: uses `span.`, which a filter of a metric pipeline does not have. Use one of `metric.`, `datapoint.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a log record in a trace transform",
    traceWith(transform('set(log.body, "a")')),
    [
      "tracePipelines[0].transform[0].statements[0]: uses `log.`, which a transform of a trace pipeline does not have. Use one of `span.`, `spanevent.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a metric in a log filter",
    logWith(filter('metric.name == "a"')),
    [
      "logPipelines[0].filter[0].conditions[0]: uses `metric.`, which a filter of a log pipeline does not have. Use one of `log.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a data point in a log transform",
    logWith(transform('set(datapoint.attributes["a"], "b")')),
    [
      "logPipelines[0].transform[0].statements[0]: uses `datapoint.`, which a transform of a log pipeline does not have. Use one of `log.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "IsRootSpan() alone",
    traceWith(filter("IsRootSpan()")),
    [
      "tracePipelines[0].filter[0]: has no path, so it does not name the data that it applies to. Use a path that starts with one of `span.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a condition without any path",
    logWith(filter("true")),
    [
      "logPipelines[0].filter[0]: has no path, so it does not name the data that it applies to. Use a path that starts with one of `log.`, `resource.`, `scope.`.",
    ],
  ],
  [
    "a text in single quotes",
    logWith(filter("log.body == 'a'")),
    [
      'logPipelines[0].filter[0].conditions[0]: has a character at position 13 that OTTL does not know. Put texts in double quotes (`"`).',
    ],
  ],
  [
    "a text that does not end",
    logWith(filter('log.body == "a')),
    ['logPipelines[0].filter[0].conditions[0]: has a text that does not end. Close it with `"`.'],
  ],
  [
    "a bracket that is not closed",
    logWith(filter('IsMatch(log.body, "a"')),
    ["logPipelines[0].filter[0].conditions[0]: has brackets that do not match. Close each bracket that is opened."],
  ],
  [
    "a bracket that was not opened",
    logWith(filter('log.attributes["a"]] == "b"')),
    ["logPipelines[0].filter[0].conditions[0]: has brackets that do not match. Close each bracket that is opened."],
  ],
  [
    "brackets that are crossed",
    logWith(filter('(log.attributes["a") == "b"]')),
    ["logPipelines[0].filter[0].conditions[0]: has brackets that do not match. Close each bracket that is opened."],
  ],
  [
    "one equals sign",
    traceWith(filter('span.name = "a"')),
    [
      'tracePipelines[0].filter[0].conditions[0]: has a single `=` in it. Compare with `==`, as in span.attributes["http.route"] == "/healthz".',
    ],
  ],
  [
    "a condition with a where",
    traceWith(filter('where span.name == "a"')),
    ["tracePipelines[0].filter[0].conditions[0]: has a `where` in it. Write only what follows it."],
  ],
  [
    "C's operators",
    traceWith(filter('span.name == "a" && span.kind == SPAN_KIND_SERVER')),
    ["tracePipelines[0].filter[0].conditions[0]: has a character at position 18 that OTTL does not know. Write `and`."],
  ],
  [
    "a transform without statements",
    traceWith({ transform: [{ conditions: ['span.name == "a"'] }] }),
    ["tracePipelines[0].transform[0]: has no statement. Add one to `statements`, or remove this entry."],
  ],
  [
    "an empty transform",
    traceWith({ transform: [{}] }),
    ["tracePipelines[0].transform[0]: has no statement. Add one to `statements`, or remove this entry."],
  ],
  [
    "an empty statement",
    traceWith(transform("")),
    [
      'tracePipelines[0].transform[0].statements[0]: is empty. Write OTTL, such as set(span.attributes["team"], "shop").',
    ],
  ],
  [
    "a comparison as a statement",
    traceWith(transform('span.name == "a"')),
    [
      'tracePipelines[0].transform[0].statements[0]: does not start with a function that changes data. Write one, as in set(span.attributes["team"], "shop").',
    ],
  ],
  [
    "a converter as a statement",
    logWith(transform("ParseJSON(log.body)")),
    [
      'logPipelines[0].transform[0].statements[0]: does not start with a function that changes data. Write one, as in set(log.attributes["team"], "shop").',
    ],
  ],
  [
    "a statement that is null",
    logWith(transform(null)),
    [
      'logPipelines[0].transform[0].statements[0]: must be text, not null. For example: \'set(log.attributes["team"], "shop")\'.',
    ],
  ],
  [
    "statements as text",
    logWith({ transform: [{ statements: 'set(log.body, "a")' }] }),
    [
      'logPipelines[0].transform[0].statements: must be a list, not text. For example: [\'set(log.attributes["team"], "shop")\'].',
    ],
  ],
  [
    "a context in the collector's form",
    logWith({ transform: [{ context: "log", statements: ['set(log.body, "a")'] }] }),
    ["logPipelines[0].transform[0].context: is not a known field. Remove it: each path starts with its own context."],
  ],
  [
    "an error mode",
    logWith({ transform: [{ error_mode: "propagate", statements: ['set(log.body, "a")'] }] }),
    [
      "logPipelines[0].transform[0].error_mode: is not a known field. Remove it: a statement or condition that fails is always logged and skipped.",
    ],
  ],
  [
    "a fault in the second condition of the third filter",
    logWith({
      filter: [
        { conditions: ['log.body == "a"'] },
        { conditions: ['log.body == "b"'] },
        { conditions: ['log.body == "c"', ""] },
      ],
    }),
    [
      "logPipelines[0].filter[2].conditions[1]: is empty. Write OTTL, such as log.severity_number > 0 and log.severity_number < SEVERITY_NUMBER_WARN.",
    ],
  ],
];
