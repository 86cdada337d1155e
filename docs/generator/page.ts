import { stringify } from "yaml";
import type { z } from "zod";
import { runtimeMetrics } from "../../components/settings";
import { contexts } from "../../components/settings/ottl-fields";
import { configuration, pipelineSchemas } from "../../components/settings/configuration";
import { value } from "../../components/settings/values";
import { fieldsOf, itemOf, unwrap } from "../../components/schema/walk";
import { checks, intro, manifests, metadata, programs, values } from "./texts";
import { examples } from "./examples";

interface Row {
  readonly path: string;
  readonly type: string;
  readonly byDefault: string;
  readonly text: string;
}

/** Parts that stand in many places and have their own section. */
const shared: Readonly<Record<string, string>> = {
  "value,valueFrom": "[value](#values)",
  secretKeyRef: "[value](#values)",
  "include,exclude": "[namespaces](#namespaces)",
};

function typeOf(schema: z.core.$ZodType): string {
  const { def } = unwrap(schema).schema._zod;
  if (def.type === "enum")
    return Object.values(def.entries)
      .map((value) => `\`${value}\``)
      .join(", ");
  if (def.type === "array")
    return Object.keys(fieldsOf(def.element)).length > 0 ? "list" : `list of ${typeOf(def.element)}`;
  if (def.type === "record") return `map to ${typeOf(def.valueType)}`;
  if (def.type === "number") return "number";
  if (def.type === "object") return shared[Object.keys(def.shape).join(",")] ?? "object";
  return { boolean: "true, false", unknown: "any" }[def.type as string] ?? "text";
}

function defaultOf(schema: z.core.$ZodType): string {
  const { optional, byDefault } = unwrap(schema);
  if (!optional) return "required";
  return ["string", "boolean", "number"].includes(typeof byDefault) ? `\`${String(byDefault)}\`` : "";
}

/** One row for each field below a schema, in the order in which they are declared. */
function rowsOf(schema: z.core.$ZodType, prefix = ""): Row[] {
  return Object.entries(fieldsOf(schema)).flatMap(([name, child]) => {
    const { notes } = unwrap(child);
    const type = typeOf(child);
    const path = prefix + name;
    if (!notes) return [];
    const text = [notes.description, notes.rule].filter(Boolean).join(" ");
    const item = itemOf(child);
    const below = item ? rowsOf(item, `${path}[].`) : type === "object" ? rowsOf(child, `${path}.`) : [];
    // A switch says the same as what is switched.
    const isSwitch = Object.keys(fieldsOf(child)).join() === "enabled";
    return isSwitch ? below : [{ path, type, byDefault: defaultOf(child), text }, ...below];
  });
}

const escape = (text: string): string => text.replaceAll("|", "\\|");

function table(rows: readonly Row[]): string {
  return [
    "| Field | Type | Default | Meaning |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ path, type, byDefault, text }) => `| \`${path}\` | ${type} | ${byDefault} | ${escape(text)} |`),
  ].join("\n");
}

const without = (rows: readonly Row[], others: readonly Row[]): Row[] =>
  rows.filter(({ path }) => !others.some((other) => other.path === path));

function ottlTable(): string {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}.\``).join(", ");
  return [
    "| Pipelines | `transform` | `filter` |",
    "| --- | --- | --- |",
    ...Object.entries(contexts).map(
      ([signal, { transform, filter }]) => `| ${signal} | ${list(transform)} | ${list(filter)} |`,
    ),
  ].join("\n");
}

const yaml = (value: unknown): string => "```yaml\n" + stringify(value, { lineWidth: 0 }) + "```";

/** The reference of what users write. */
export function pipelinesPage(): string {
  const common = rowsOf(pipelineSchemas.trace).map((row) =>
    // Which contexts there are differs by kind, and stands in a table of its own.
    /^(transform|filter)\[\]/.test(row.path)
      ? { ...row, text: row.text.replace(/ Every path starts.*$/, " See [OTTL](#ottl).") }
      : row,
  );
  const settings = rowsOf(configuration).filter(({ path }) => !/^(metric|trace|log)Pipelines\b/.test(path));
  return [
    "<!-- Made by docs/generate.ts. Change the schemas in components/settings, not this page. -->",
    intro,
    yaml({
      config: Object.fromEntries(Object.entries(examples.first).map(([key, value]) => [`telemetry:${key}`, value])),
    }),
    "## Fields of all pipelines",
    table(common),
    "## Metric pipelines",
    "`telemetry:metricPipelines`: the fields of all pipelines, and:",
    table(without(rowsOf(pipelineSchemas.metric), common)),
    yaml({ "telemetry:metricPipelines": examples.metric }),
    "## Trace pipelines",
    "`telemetry:tracePipelines`: the fields of all pipelines. Traces come in by OTLP only, from all namespaces.",
    yaml({ "telemetry:tracePipelines": examples.trace }),
    "## Log pipelines",
    "`telemetry:logPipelines`: the fields of all pipelines, and:",
    table(without(rowsOf(pipelineSchemas.log), common)),
    yaml({ "telemetry:logPipelines": examples.log }),
    "## Namespaces",
    table(rowsOf(namespacesSchema())),
    values,
    table(rowsOf(value({ description: "", example: "" })).flatMap(expanded)),
    yaml({ value: "backend.example.com:4317" }),
    yaml({ valueFrom: { secretKeyRef: { name: "backend", namespace: "shop", key: "endpoint" } } }),
    "## OTTL",
    "Every path in a condition or statement starts with its context:",
    ottlTable(),
    "In a replacement, `$1` or `${name}` is a capture group and `$$` a dollar sign. In a collector's own configuration each `$` has to be doubled for that, here none: it is a warning to write `$$1`. Only [manifests](#manifests) are read as they are meant where they come from.",
    "What is not caught when the configuration is read is found by the collector itself, before anything is changed.",
    "## Settings of all pipelines",
    table(settings),
    yaml(examples.settings),
    metadata,
    manifests,
    programs,
    checks,
    "## Additional metrics",
    "Names that `input.runtime.additionalMetrics` may have, as far as they are not collected anyway:",
    metricList(false),
    "These are collected whenever their resource is on; naming them collects them also when it is off:",
    metricList(true),
    "",
  ].join("\n\n");
}

const metricList = (on: boolean): string =>
  runtimeMetrics
    .filter(({ byDefault }) => byDefault === on)
    .map(({ name }) => `- \`${name}\``)
    .join("\n");

/** In the one place where the parts of a value are told. */
function expanded(row: Row): Row[] {
  if (row.path !== "valueFrom") return [row];
  const reference = fieldsOf(fieldsOf(value({ description: "", example: "" }))["valueFrom"]!)["secretKeyRef"]!;
  return rowsOf(reference, "valueFrom.secretKeyRef.");
}

function namespacesSchema(): z.core.$ZodType {
  const input = fieldsOf(fieldsOf(pipelineSchemas.metric)["input"]!)["otlp"]!;
  return fieldsOf(input)["namespaces"]!;
}
