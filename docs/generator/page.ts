import { stringify } from "yaml";
import type { z } from "zod";
import { runtimeMetrics } from "../../components/inputs";
import { signalNames, signals } from "../../components/contract";
import { contexts } from "../../components/settings/ottl-fields";
import { configuration, pipelineSchemas, type configurationWith } from "../../components/settings/configuration";
import { fieldsOf, itemOf, unwrap, value } from "../../components/schema";
import { ottlTraps } from "./ottl-trap-table";
import { checks, intro, manifests, metadata, programs, values, unknownNamespaces } from "./texts";
import { examples } from "./examples";

interface Row {
  readonly path: string;
  readonly type: string;
  readonly byDefault: string;
  readonly text: string;
}

/** Parts that occur in many places and have their own section. */
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

/** Makes one row for each field below a schema, in the order of declaration. */
function rowsOf(schema: z.core.$ZodType, prefix = ""): Row[] {
  return Object.entries(fieldsOf(schema)).flatMap(([name, child]) => {
    const { notes } = unwrap(child);
    const type = typeOf(child);
    const path = prefix + name;
    if (!notes) return [];
    const text = [notes.description, notes.rule].filter(Boolean).join(" ");
    const item = itemOf(child);
    const below = item ? rowsOf(item, `${path}[].`) : type === "object" ? rowsOf(child, `${path}.`) : [];
    // A switch has the same description as the part that it switches, so only its own fields get a row.
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
    ...signalNames
      .map((signal) => [signals[signal].noun, contexts[signal]] as const)
      .map(([noun, { transform, filter }]) => `| ${noun} | ${list(transform)} | ${list(filter)} |`),
  ].join("\n");
}

const yaml = (value: unknown): string => "```yaml\n" + stringify(value, { lineWidth: 0 }) + "```";

/** Makes the reference page of all settings that users write. */
export function pipelinesPage(schema: ReturnType<typeof configurationWith> = configuration): string {
  const common = rowsOf(pipelineSchemas.traces).map((row) =>
    // The contexts differ by kind and have their own table.
    /^(transform|filter)\[\]/.test(row.path)
      ? { ...row, text: row.text.replace(/ Every path starts.*$/, " See [OTTL](#ottl).") }
      : row,
  );
  const settings = rowsOf(schema).filter(({ path }) => !/^(metric|trace|log)Pipelines\b/.test(path));
  return [
    "<!-- Made by docs/generate.ts. Change the schemas in components/settings, components/inputs and docs/generator/texts.ts, not this page. -->",
    intro,
    yaml({
      config: Object.fromEntries(Object.entries(examples.first).map(([key, value]) => [`telemetry:${key}`, value])),
    }),
    "## Fields of all pipelines",
    table(common),
    "## Metric pipelines",
    "`telemetry:metricPipelines`: the fields of all pipelines, and:",
    table(without(rowsOf(itemOf(schema.shape.metricPipelines) ?? pipelineSchemas.metrics), common)),
    yaml({ "telemetry:metricPipelines": examples.metric }),
    "## Trace pipelines",
    "`telemetry:tracePipelines`: the fields of all pipelines. Traces arrive only by OTLP, from all namespaces.",
    yaml({ "telemetry:tracePipelines": examples.trace }),
    "## Log pipelines",
    "`telemetry:logPipelines`: the fields of all pipelines, and:",
    table(without(rowsOf(pipelineSchemas.logs), common)),
    yaml({ "telemetry:logPipelines": examples.log }),
    "## Namespaces",
    table(rowsOf(namespacesSchema())),
    unknownNamespaces,
    values,
    table(rowsOf(value({ description: "", example: "" })).flatMap(expanded)),
    yaml({ value: "backend.example.com:4317" }),
    yaml({ valueFrom: { secretKeyRef: { name: "backend", namespace: "shop", key: "endpoint" } } }),
    "## OTTL",
    "Every path in a condition or statement starts with its context:",
    ottlTable(),
    "In a replacement, `$1` or `${name}` is a capture group and `$$` is a dollar sign. A collector's own configuration needs `$$1` for a capture group. Here, `$$1` is a warning. Only in [manifests](#manifests) does `$$1` mean a capture group, as in Kyma.",
    "The collector itself finds the problems that the program cannot find, before anything changes ([validation.md](validation.md)).",
    ottlTraps,
    "## Settings of all pipelines",
    table(settings),
    yaml(examples.settings),
    metadata,
    manifests,
    programs,
    checks,
    "## Additional metrics",
    "`input.runtime.additionalMetrics` may contain these names, which are not collected otherwise:",
    metricList(false),
    "These metrics are collected if their resource is enabled. Name them to collect them even if it is not:",
    metricList(true),
    "",
  ].join("\n\n");
}

const metricList = (on: boolean): string =>
  runtimeMetrics
    .filter(({ byDefault }) => byDefault === on)
    .map(({ name }) => `- \`${name}\``)
    .join("\n");

/** Replaces the row of `valueFrom` with rows for the parts of a reference. */
function expanded(row: Row): Row[] {
  if (row.path !== "valueFrom") return [row];
  const reference = fieldsOf(fieldsOf(value({ description: "", example: "" }))["valueFrom"]!)["secretKeyRef"]!;
  return rowsOf(reference, "valueFrom.secretKeyRef.");
}

function namespacesSchema(): z.core.$ZodType {
  const input = fieldsOf(fieldsOf(pipelineSchemas.metrics)["input"]!)["otlp"]!;
  return fieldsOf(input)["namespaces"]!;
}
