/** Rows of the table about OTTL that does something other than it seems to. The collector of the tests shows each effect. */
const warned = [
  [
    "`datapoint.value_int == 0`",
    "Of an integer and a floating-point value, each point has one. The other one is 0. All scraped values are floating-point values, so this is true for all of them. It is the same with `value_double` and pushed integers.",
    "`datapoint.value_double == 0.0 and datapoint.value_int == 0`",
  ],
  [
    '`metric.name == "latency_seconds_bucket"`',
    "Never true for a scraped histogram or summary: it is one metric without `_bucket`, `_count` and `_sum`. A counter keeps its `_total`.",
    '`metric.name == "latency_seconds"`',
  ],
  [
    '`IsMatch(metric.name, ".*_(bucket\\|count\\|sum)$")`',
    "The same: a pattern for the parts does not match the whole.",
    '`IsMatch(metric.name, "_seconds$")`',
  ],
  [
    '`datapoint.attributes["le"] == "0.5"`, `["quantile"]`',
    "Never true for a scraped histogram or summary: each point holds all its buckets or quantiles.",
    "A condition about the whole metric",
  ],
  [
    '`span.kind == "SPAN_KIND_SERVER"`',
    "Never true, and `!=` is always true: the field is a number. The same holds for other fields whose type is fixed.",
    "`span.kind == SPAN_KIND_SERVER`",
  ],
  [
    "`span.parent_span_id == nil`",
    'Never true: an empty identifier is all zeros, and an empty text is `""`.',
    "`span.parent_span_id == SpanID(0x0000000000000000)`",
  ],
  [
    '`set(log.severity_number, "INFO")`',
    "Changes nothing: the field is a number.",
    "`set(log.severity_number, SEVERITY_NUMBER_INFO)`",
  ],
  [
    "`log.severity_number < SEVERITY_NUMBER_WARN`",
    "True for records without a severity, too: their number is 0.",
    "`log.severity_number > 0 and log.severity_number < SEVERITY_NUMBER_WARN`",
  ],
  [
    '`log.attributes["a"] != ""`',
    "True for items without this attribute, too.",
    '`log.attributes["a"] != nil and log.attributes["a"] != ""`',
  ],
  [
    '`span.name != "a" or span.name != "b"`',
    "Always true. So are two conditions of a list, because one of them is enough.",
    '`span.name != "a" and span.name != "b"`, in one condition',
  ],
  [
    '`metric.name != nil`, `IsMatch(metric.name, ".*")`, in a filter',
    "Drops everything: every item meets it.",
    '`metric.name == "a"`',
  ],
  [
    '`metric.name == "http_*"`',
    "Never true: `==` knows no patterns. It is the same with names of Kubernetes objects.",
    '`IsMatch(metric.name, "^http_")`',
  ],
  [
    '`keep_keys(datapoint.attributes, ["method"])`',
    "Points that become equal are not added up: backends keep one of them, or reject all.",
    '`aggregate_on_attributes("sum", ["method"]) where metric.name == "requests"`',
  ],
  [
    '`set(metric.name, Concat(["x", metric.name], "."))` next to `set(datapoint.attributes["a"], "b")`',
    "All statements of an entry run once per data point if one of them has a path of `datapoint.`. Three points make `x.x.x.NAME`.",
    "An entry for each of them",
  ],
  [
    '`replace_pattern(metric.name, "^", "x.")` next to `set(datapoint.attributes["a"], "b")`',
    "The same, as with `append`, calculations, hashes and other changes that change their own result.",
    "An entry for each of them",
  ],
  [
    '`set(log.attributes["a"], resource.attributes["a"])` next to `delete_key(resource.attributes, "a")`',
    "Only the first log record of a resource gets the attribute.",
    "An entry for each of them, in this order",
  ],
  [
    '`set(resource.attributes["a"], log.attributes["b"])`',
    "All log records of a resource share its attributes, so the last one decides for all. It is the same with other items, and with a metric, a scope or a span.",
    '`set(log.attributes["a"], log.attributes["b"])`',
  ],
  [
    '`set(resource.attributes["a"], "b") where log.attributes["c"] == "d"`',
    "One log record that meets the condition changes the attribute for all.",
    '`set(log.attributes["a"], "b") where log.attributes["c"] == "d"`',
  ],
  [
    '`keep_keys(resource.attributes, ["team"])`',
    "Removes `service.name`, and the attributes that distinguish pods.",
    '`keep_keys(resource.attributes, ["team", "service.name", "k8s.pod.uid"])`',
  ],
  [
    '`delete_matching_keys(resource.attributes, "^k8s[.]")`, of metrics',
    "Removes what tells pods apart. It is the same with `keep_matching_keys`, `limit` and `set(resource.attributes, {})`. A pipeline's namespaces are selected before.",
    '`set(resource.attributes["service.instance.id"], resource.attributes["k8s.pod.uid"]) where resource.attributes["k8s.pod.uid"] != nil` in front of it',
  ],
  [
    '`delete_key(resource.attributes, "k8s.namespace.name")` and a filter with `resource.attributes["k8s.namespace.name"] != "a"`',
    "Drops everything: filters run after all transforms.",
    "A filter on an attribute that stays",
  ],
];

const unwarned = [
  [
    '`span.attributes["http.status_code"] == "500"`',
    "Never true where the attribute is a number. Types are never converted.",
    '`span.attributes["http.status_code"] == 500`',
  ],
  [
    '`span.attributes["a"] != "b"`',
    "True for items without this attribute, too.",
    '`span.attributes["a"] != nil and span.attributes["a"] != "b"`',
  ],
  [
    '`not span.name == "a" and span.kind == SPAN_KIND_CLIENT`',
    "`not` applies only to the first comparison.",
    '`not (span.name == "a" and span.kind == SPAN_KIND_CLIENT)`',
  ],
  ['`IsMatch(log.body, "error")`', "Matches anywhere in the text.", '`IsMatch(log.body, "^error")`'],
  [
    '`log.severity_text == "info"`',
    "Distinguishes upper and lower case.",
    '`ToLowerCase(log.severity_text) == "info"`',
  ],
  [
    '`log.body == "TEXT"`',
    "Never true for a record whose body is a map.",
    '`IsMap(log.body) and log.body["message"] == "TEXT"`',
  ],
  [
    "`span.end_time - span.start_time > 1`",
    "Never true: a difference of times is a duration.",
    '`span.end_time - span.start_time > Duration("1s")`',
  ],
];

const row = (cells: readonly string[], mark: string): string => `| ${[...cells, mark].join(" | ")} |`;

export const ottlTraps = [
  "The collector accepts these lines, too, but they do something other than they seem to. A warning names most of them, in the stack's configuration and in manifests:",
  [
    "| You write | Happens | Write | Warning |",
    "| --- | --- | --- | --- |",
    ...warned.map((cells) => row(cells, "yes")),
    ...unwarned.map((cells) => row(cells, "no")),
  ].join("\n"),
  "A warning about a metric's suffix or about `le` and `quantile` ends when the condition names the metric's type, as in `metric.name == \"pool_size_count\" and metric.type == METRIC_DATA_TYPE_GAUGE`.",
].join("\n\n");
