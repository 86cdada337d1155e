import assert from "node:assert/strict";
import type { RawConfiguration } from "../../../components/settings";
import { errorLines, logWith, metricWith, traceWith, warningLines } from "./helpers";

const transform = (...statements: string[]) => ({ transform: [{ statements }] });
const under = (condition: string, ...statements: string[]) => ({
  transform: [{ conditions: [condition], statements }],
});

/** A statement that makes the collector run an entry for each item. */
const perPoint = 'set(datapoint.attributes["a"], "b")';
const perRecord = 'set(log.attributes["a"], "b")';
const perEvent = 'set(spanevent.attributes["a"], "b")';

const place = (kind: "metric" | "trace" | "log", i = 0): string => `${kind}Pipelines[0].transform[0].statements[${i}]:`;
const again = (context: string, item: string, effect: string): string =>
  `runs once per ${item}, because this entry has a path of \`${context}.\`, so it ${effect} again and again. Move it into a separate entry that has no path of \`${context}.\`.`;
const fromEach = (item: string, larger: string): string =>
  `sets a field of the ${larger} from each ${item}, so the last ${item} decides for all ${item}s of the ${larger}.`;
const underOne = (item: string, larger: string): string =>
  `changes a field of the ${larger} for all of its ${item}s where one of them meets the condition.`;
const onlyFirst = (context: string, item: string): string =>
  `runs once per ${item}, because this entry has a path of \`${context}.\`, so only the first ${item} of a resource finds the attribute that it removes. Move it into a later entry that has no path of \`${context}.\`.`;
const ofOneMetric = ', or add the condition `metric.name == "NAME"` if one metric has the value.';

type Warned = readonly [behaviour: string, raw: RawConfiguration, line: string];

const repeated = (statement: string, effect = "changes"): Warned => [
  `a change of its own result, once per item: ${statement}`,
  metricWith(transform(statement, perPoint)),
  `${place("metric")} ${again("datapoint", "data point", `${effect} a field of the ${statement.includes("resource.") ? "resource" : "metric"}`)}`,
];

const warned: readonly Warned[] = [
  repeated('append(resource.attributes["tags"], "shop")', "appends to"),
  repeated('append(resource.attributes["tags"], values = ["shop"])', "appends to"),
  repeated('set(resource.attributes["a"], Concat([resource.attributes["a"], "b"], ""))', "appends to"),
  repeated('set(resource.attributes["n"], resource.attributes["n"] + 1)'),
  repeated('set(resource.attributes["n"], 2 * Double(resource.attributes["n"]))'),
  repeated('set(metric.name, Format("shop.%s", [metric.name]))'),
  repeated('set(resource.attributes["user"], SHA256(resource.attributes["user"]))'),
  repeated("set(metric.name, Substring(metric.name, 1, Len(metric.name) - 1))"),
  repeated('replace_pattern(metric.name, "^", "shop_")'),
  repeated('replace_pattern(metric.name, "$", "_shop")'),
  repeated('replace_pattern(metric.name, "(.*)", "p.$1")'),
  repeated('replace_pattern(metric.name, "^(?P<all>.+)$", "p.${all}")'),
  repeated('replace_pattern(metric.name, "^jvm", "jvm.old")'),
  repeated('replace_pattern(metric.name, "_", "__")'),
  repeated('replace_pattern(metric.name, "^[^.]+", "team.$0")'),
  repeated('replace_all_patterns(resource.attributes, "key", "^", "k8s.")'),
  repeated('flatten(resource.attributes, "app")'),
  repeated('delete_index(resource.attributes["tags"], 0)'),
  [
    "a field of the scope of log records",
    logWith(transform('set(scope.name, Concat(["shop", scope.name], "."))', perRecord)),
    `${place("log")} ${again("log", "log record", "appends to a field of the scope")}`,
  ],
  [
    "a field of the span of events",
    traceWith(transform('replace_pattern(span.name, "^", "shop ")', perEvent)),
    `${place("trace")} ${again("spanevent", "span event", "changes a field of the span")}`,
  ],
  [
    "a change of its own result where only the condition is about an item",
    metricWith(under("datapoint.flags == 1", 'replace_pattern(metric.name, "^", "shop_")')),
    `${place("metric")} ${again("datapoint", "data point", "changes a field of the metric")}`,
  ],
  [
    "a metric's name made of each data point",
    metricWith(transform('set(metric.name, Concat([metric.name, datapoint.attributes["mode"]], "."))')),
    `${place("metric")} runs once per data point, because this entry has a path of \`datapoint.\`, so it appends to a field of the metric again and again. Write \`set(datapoint.attributes[KEY], VALUE)\`.`,
  ],
  [
    "an attribute of the resource from each log record",
    logWith(transform('set(resource.attributes["tenant"], log.attributes["user"])')),
    `${place("log")} ${fromEach("log record", "resource")} Write \`set(log.attributes[KEY], VALUE)\`.`,
  ],
  [
    "an attribute of the resource from the same one of each log record",
    logWith(transform('set(resource.attributes["tenant"], log.attributes["tenant"])')),
    `${place("log")} ${fromEach("log record", "resource")} Remove it: each log record has its own value already.`,
  ],
  [
    "attributes of the resource from the body of each log record",
    logWith(transform('merge_maps(resource.attributes, ParseJSON(log.body), "upsert") where IsString(log.body)')),
    `${place("log")} ${fromEach("log record", "resource")} Write \`merge_maps(log.attributes, …)\`.`,
  ],
  [
    "attributes of the resource from a log record's cache",
    logWith(transform('merge_maps(resource.attributes, log.cache, "upsert")')),
    `${place("log")} ${fromEach("log record", "resource")} Write \`merge_maps(log.attributes, …)\`.`,
  ],
  [
    "the scope's name from each log record",
    logWith(transform('set(scope.name, log.attributes["logger"])')),
    `${place("log")} ${fromEach("log record", "scope")} Write \`set(log.attributes[KEY], VALUE)\`.`,
  ],
  [
    "an attribute of the resource from each span",
    traceWith(transform('set(resource.attributes["route"], span.attributes["http.route"])')),
    `${place("trace")} ${fromEach("span", "resource")} Write \`set(span.attributes[KEY], VALUE)\`.`,
  ],
  [
    "an attribute of the span from each event",
    traceWith(transform('set(span.attributes["message"], spanevent.attributes["message.text"])')),
    `${place("trace")} ${fromEach("span event", "span")} Write \`set(spanevent.attributes[KEY], VALUE)\`, or add the condition \`spanevent.name == "NAME"\` if one span event has the value.`,
  ],
  [
    "an attribute of the resource from each data point",
    metricWith(transform('set(resource.attributes["queue"], datapoint.attributes["queue.name"])')),
    `${place("metric")} ${fromEach("data point", "resource")} Write \`set(datapoint.attributes[KEY], VALUE)\`${ofOneMetric}`,
  ],
  [
    "an attribute of the resource from each metric",
    metricWith(transform('set(resource.attributes["metric"], metric.name)')),
    `${place("metric")} ${fromEach("metric", "resource")} Write \`set(datapoint.attributes[KEY], VALUE)\`${ofOneMetric}`,
  ],
  [
    "an attribute of the resource where one log record meets a condition",
    logWith(transform('set(resource.attributes["team"], "shop") where log.attributes["app"] == "shop"')),
    `${place("log")} ${underOne("log record", "resource")} Write \`set(log.attributes[KEY], VALUE)\`, or a condition with paths of \`resource.\` only.`,
  ],
  [
    "an attribute of the resource where one span meets the condition of the entry",
    traceWith(under("span.kind == SPAN_KIND_SERVER", 'delete_key(resource.attributes, "process.pid")')),
    `${place("trace")} ${underOne("span", "resource")} Write \`delete_key(span.attributes, …)\`, or a condition with paths of \`resource.\` only.`,
  ],
  [
    "a metric's name where one data point meets a condition",
    metricWith(transform('set(metric.name, "used") where datapoint.attributes["state"] == "used"')),
    `${place("metric")} ${underOne("data point", "metric")} Write \`set(datapoint.attributes[KEY], VALUE)\`, or a condition with paths of \`metric.\` only.`,
  ],
  [
    "an attribute that is moved from the resource to each log record",
    logWith(
      transform('set(log.attributes["team"], resource.attributes["team"])', 'delete_key(resource.attributes, "team")'),
    ),
    `${place("log", 1)} ${onlyFirst("log", "log record")}`,
  ],
  [
    "attributes that are moved, by their pattern",
    logWith(
      transform(
        'set(log.attributes["team"], resource.attributes["shop.team"])',
        'delete_matching_keys(resource.attributes, "^shop[.]")',
      ),
    ),
    `${place("log", 1)} ${onlyFirst("log", "log record")}`,
  ],
  [
    "an attribute that is removed where the condition of the entry needs it",
    traceWith(
      under(
        'resource.attributes["team"] == "shop"',
        'set(span.attributes["a"], "b")',
        'delete_key(resource.attributes, "team")',
      ),
    ),
    `${place("trace", 1)} ${onlyFirst("span", "span")}`,
  ],
];

describe("A statement about a unit of data that is larger than the one it runs for is accepted with a warning:", () => {
  for (const [behaviour, raw, line] of warned) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), [line]);
    });
  }
});

const settled = (statement: string): readonly [string, RawConfiguration] => [
  `a change that does not change its own result: ${statement}`,
  metricWith(transform(statement, perPoint)),
];

const silent: readonly (readonly [behaviour: string, raw: RawConfiguration])[] = [
  settled('set(resource.attributes["a"], resource.attributes["b"])'),
  settled("set(metric.name, ToLowerCase(metric.name))"),
  settled('set(metric.description, Concat([metric.name, metric.unit], " "))'),
  settled('set(metric.name, Concat(["a", metric.unit], ".")) where IsMatch(metric.name, "^b")'),
  settled('set(resource.attributes["a"], Concat([resource.attributes["a"]["b"], "c"], "."))'),
  settled('set(resource.attributes["a"], Format("%s", [resource.attributes["a"]]))'),
  settled('set(resource.attributes["a"], Substring(resource.attributes["a"], 0, 5))'),
  settled("set(metric.name, Substring(metric.name, 2, 5))"),
  settled('set(metric.name, TrimPrefix(metric.name, "jvm."))'),
  settled('set(resource.attributes["user"], FNV(resource.attributes["user"]))'),
  settled('set(metric.name, Concat([metric.name, "total"], "_")) where metric.name == "requests"'),
  settled('set(metric.name, Concat(["shop", metric.name], ".")) where not HasPrefix(metric.name, "shop.")'),
  settled('replace_pattern(metric.name, "[.]", "_")'),
  settled('replace_pattern(metric.name, "^jvm[.]", "java.")'),
  settled('replace_pattern(metric.name, ".*", "x")'),
  settled('replace_pattern(metric.name, "^(.*)$", "$1")'),
  settled('replace_pattern(metric.name, "(\\\\d+)ms", "$1 ms")'),
  settled('replace_pattern(metric.name, "([a-z])([A-Z])", "${1}_$2")'),
  settled('replace_pattern(metric.description, "password=[^ ]+", "password=***")'),
  settled('replace_pattern(resource.attributes["a"], "[0-9]{4}([ -]?[0-9]{4}){3}", "****")'),
  settled('replace_all_patterns(resource.attributes, "value", "/account/\\\\d{4}", "/account/{id}")'),
  settled('merge_maps(resource.attributes, {"team": "shop"}, "insert")'),
  settled('delete_key(resource.attributes, "process.pid")'),
  settled("truncate_all(resource.attributes, 200)"),
  settled("flatten(resource.attributes)"),
  ["a change of its own result, once per resource", logWith(transform('append(resource.attributes["tags"], "a")'))],
  ["a change of its own result, of an item", logWith(transform('append(log.attributes["tags"], "a")'))],
  [
    "a condition of the entry that becomes false by its own statement",
    metricWith(under('metric.name == "requests"', 'replace_pattern(metric.name, "$", "_total")', perPoint)),
  ],
  ["an item's attribute from the resource", logWith(transform('set(log.attributes["a"], resource.attributes["a"])'))],
  [
    "the value of one metric for the resource",
    metricWith(
      transform(
        'set(resource.attributes["version"], datapoint.attributes["version"]) where metric.name == "build_info"',
      ),
    ),
  ],
  [
    "the value of one metric for the resource, in a condition of the entry",
    metricWith(
      under('metric.name == "build_info"', 'set(resource.attributes["version"], datapoint.attributes["version"])'),
    ),
  ],
  [
    "a span that is wrong where one event is",
    traceWith(
      transform(
        'set(span.status.code, STATUS_CODE_ERROR) where spanevent.attributes["exception.escaped"] == true',
        'set(span.attributes["message"], spanevent.attributes["exception.message"]) where spanevent.name == "exception"',
      ),
    ),
  ],
  [
    "a condition on the resource next to statements about items",
    logWith(transform('set(resource.attributes["a"], "b") where resource.attributes["c"] == "d"', perRecord)),
  ],
  [
    "an attribute that a later entry removes",
    logWith({
      transform: [
        { statements: ['set(log.attributes["team"], resource.attributes["team"])'] },
        { statements: ['delete_key(resource.attributes, "team")'] },
      ],
    }),
  ],
  [
    "an attribute of the resource that gets another name if it exists",
    logWith(
      transform(
        'set(resource.attributes["team"], resource.attributes["group"]) where resource.attributes["group"] != nil',
        'delete_key(resource.attributes, "group")',
        perRecord,
      ),
    ),
  ],
];

describe("A statement about a larger unit of data is accepted without a warning:", () => {
  for (const [behaviour, raw] of silent) {
    it(behaviour, () => {
      assert.deepEqual(errorLines(raw), []);
      assert.deepEqual(warningLines(raw), []);
    });
  }
});
