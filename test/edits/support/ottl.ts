import type { Signal } from "./scene";

/** Statements and conditions by signal: good ones, wrong ones that the parser finds, and wrong ones that the collector finds. */
interface Ottl {
  readonly statements: readonly string[];
  readonly conditions: readonly string[];
  readonly brokenStatements: readonly string[];
  readonly brokenConditions: readonly string[];
  readonly refusedStatements: readonly string[];
  readonly refusedConditions: readonly string[];
}

const brokenAnywhere = [
  "",
  " ",
  "set(",
  "hunter2",
  "((",
  '"hunter2',
  "IsMatch(",
  "☃ hunter2",
  "a && b",
  "'hunter2'",
  "1 = 1",
  "\u0000",
  "{}",
];

export const ottl: Readonly<Record<Signal, Ottl>> = {
  metric: {
    statements: [
      'set(datapoint.attributes["team"], "☃ \\"shop\\" ${env:HOME} $$")',
      'delete_key(resource.attributes, "process.pid")',
      'set(metric.name, Concat([metric.name, "total"], "_")) where metric.name == "requests"',
      'replace_pattern(resource.attributes["a"], "^(b|c).*$", "$$1")',
    ],
    conditions: [
      'metric.name == "noise"',
      'IsMatch(metric.name, "^go_.*(gc|mem)")',
      "datapoint.value_int == 0 and datapoint.value_double == 0.0",
    ],
    brokenStatements: [...brokenAnywhere, 'span.name == "a"', 'set(log.body, "hunter2")'],
    brokenConditions: [...brokenAnywhere, 'set(metric.name, "hunter2")', 'span.name == "hunter2"'],
    refusedStatements: ["set(datapoint.value, 1)", "set(metric.nosuch, 1)", "nosuch(metric.name)"],
    refusedConditions: ['IsMatch(metric.name, "(")', "metric.nosuch == 1", 'NoSuchFunction(metric.name) == "a"'],
  },
  trace: {
    statements: [
      'set(span.attributes["pipeline"], span.name)',
      'keep_keys(resource.attributes, ["service.name"])',
      'set(\n  span.attributes["a"],\n  Concat(["b", span.name], "-")\n)',
    ],
    conditions: ['span.attributes["http.route"] == "/healthz"', 'IsRootSpan() and resource.attributes["a"] == "b"'],
    brokenStatements: [...brokenAnywhere, 'set(metric.name, "hunter2")'],
    brokenConditions: [...brokenAnywhere, 'log.body == "hunter2"', "span.name = 5"],
    refusedStatements: ["set(span.nosuch, 1)", "limit(span.attributes)"],
    refusedConditions: ['IsMatch(span.name, "[")', "span.nosuch == 1"],
  },
  log: {
    statements: [
      'set(log.attributes["a"], "${file:/etc/passwd}")',
      'merge_maps(log.cache, ParseJSON(log.body), "upsert") where IsString(log.body)',
    ],
    conditions: [
      "log.severity_number > 0 and log.severity_number < SEVERITY_NUMBER_WARN",
      'log.attributes["a"]["b"][0] == nil',
    ],
    brokenStatements: [...brokenAnywhere, 'set(span.name, "hunter2")', "body == 1"],
    brokenConditions: [...brokenAnywhere, 'delete_key(log.attributes, "hunter2")', "body == 1"],
    refusedStatements: ["set(log.nosuch, 1)", 'nosuch(log.body, "a")'],
    refusedConditions: ["log.nosuch == 1", "log.severity_number < NO_SUCH_ENUM"],
  },
};
