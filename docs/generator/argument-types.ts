import type { z } from "zod";
import type { configurationWith } from "../../components/settings/configuration";
import { fieldsOf, itemOf, unwrap } from "../../components/schema";

type Schema = z.core.$ZodType;

/** Objects that programs import by name, by their path in the configuration. All others stand where they are used. */
const named: readonly (readonly [path: RegExp, name: string])[] = [
  [/^$/, "PipelinesArgs"],
  [/^metricPipelines\[\]$/, "MetricPipelineArgs"],
  [/^tracePipelines\[\]$/, "TracePipelineArgs"],
  [/^logPipelines\[\]$/, "LogPipelineArgs"],
  [/^metricPipelines\[\]\.input$/, "MetricInputArgs"],
  [/^logPipelines\[\]\.input$/, "LogInputArgs"],
  [/\.input\.otlp$/, "OtlpInputArgs"],
  [/^metricPipelines\[\]\.input\.(\w+)$/, "$1InputArgs"],
  [/\.input\.runtime\.resources$/, "RuntimeResourcesArgs"],
  [/\.transform\[\]$/, "TransformArgs"],
  [/\.filter\[\]$/, "FilterArgs"],
  [/^metricPipelines\[\]\.output\.otlp$/, "MetricOtlpOutputArgs"],
  [/\.output\.otlp$/, "OtlpOutputArgs"],
  [/\.authentication$/, "AuthenticationArgs"],
  [/\.authentication\.oauth2$/, "OAuth2Args"],
  [/\.headers\[\]$/, "HeaderArgs"],
  [/\.output\.otlp\.tls$/, "TlsArgs"],
  [/^metric$/, "MetricSettingsArgs"],
  [/^istio$/, "IstioSettingsArgs"],
  [/^network$/, "NetworkArgs"],
  [/^enrichments$/, "EnrichmentsArgs"],
  [/^enrichments\.extractPodLabels\[\]$/, "PodLabelArgs"],
  [/^validation$/, "ValidationSettingsArgs"],
  [/^verification$/, "VerificationArgs"],
  [/^monitoring$/, "MonitoringArgs"],
  [/^gateway$/, "GatewaySettingsArgs"],
  [/^agent$/, "AgentSettingsArgs"],
  [/\.tolerations\[\]$/, "TolerationArgs"],
];

/** Objects of the same fields, wherever they are, with a description that holds everywhere. */
const byFields: Readonly<Record<string, readonly [name: string, description: string]>> = {
  enabled: ["SwitchArgs", "Switches a part on or off."],
  "value,valueFrom": ["ValueArgs", "Text that is given directly or read from a Secret: `value` or `valueFrom`."],
  secretKeyRef: ["ValueSourceArgs", "A key of a Secret in any namespace, read on each update."],
  "include,exclude": ["NamespaceSelectorArgs", "`include` or `exclude`, not both; neither means all namespaces."],
};

/** Makes the types that programs import from the schema of the configuration: what users write, field by field. */
export function argumentTypes(configuration: ReturnType<typeof configurationWith>): string {
  const interfaces = new Map<string, string>();
  interfaceOf("PipelinesArgs", "", configuration, "", interfaces);
  return [
    "// Made by docs/generate.ts from the schemas in components/settings and components/inputs: change those.",
    'import type * as pulumi from "@pulumi/pulumi";',
    "/* Only texts in `value` may be Outputs: everything else decides which objects exist, and has to be known when the\n   program runs. */",
    ...interfaces.values(),
  ].join("\n\n");
}

/** Returns the name, and puts the interface and all that it uses into the map. */
function interfaceOf(
  name: string,
  description: string,
  schema: Schema,
  path: string,
  interfaces: Map<string, string>,
): string {
  if (!interfaces.has(name)) {
    interfaces.set(name, "");
    const doc = description === "" ? "" : comment(description);
    interfaces.set(name, `${doc}export interface ${name} ${body(schema, path, interfaces)}`);
  }
  return name;
}

/** The interface of an object, if it has a name. */
function nameOf(schema: Schema, path: string): readonly [name: string, description: string] | undefined {
  const shared = byFields[Object.keys(fieldsOf(schema)).join(",")];
  if (shared) return shared;
  const [pattern, name = ""] = named.find(([one]) => one.test(path)) ?? [];
  const [, key = ""] = pattern?.exec(path) ?? [];
  const full = name.replace("$1", `${key.charAt(0).toUpperCase()}${key.slice(1)}`);
  return full === "" ? undefined : [full, unwrap(schema).notes?.description ?? ""];
}

function body(schema: Schema, path: string, interfaces: Map<string, string>): string {
  const fields = Object.entries(fieldsOf(schema)).flatMap(([key, child]) => {
    const { notes, optional } = unwrap(child);
    // Fields that manifests may contain without an effect are not offered.
    if (!notes) return [];
    const type = typeOf(child, path === "" ? key : `${path}.${key}`, interfaces);
    // A switch is the same everywhere, but for what it switches.
    const doc = isSwitch(schema) ? "Whether the part is on." : docOf(child);
    return [`${comment(doc)}${key}${optional ? "?" : ""}: ${type};`];
  });
  return `{\n${fields.join("\n")}\n}`;
}

const isSwitch = (schema: Schema): boolean => Object.keys(fieldsOf(schema)).join(",") === "enabled";

function typeOf(schema: Schema, path: string, interfaces: Map<string, string>): string {
  const { def } = unwrap(schema).schema._zod;
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the rest is an error
  switch (def.type) {
    case "enum":
      return Object.values(def.entries)
        .map((value) => JSON.stringify(value))
        .join(" | ");
    case "array": {
      const item = typeOf(def.element, `${path}[]`, interfaces);
      return /[|{]/.test(item) ? `(${item})[]` : `${item}[]`;
    }
    case "record":
      return `Record<string, ${typeOf(itemOf(schema) ?? def.valueType, `${path}{}`, interfaces)}>`;
    case "object": {
      const [name, description] = nameOf(schema, path) ?? [];
      return name === undefined
        ? body(schema, path, interfaces)
        : interfaceOf(name, description ?? "", schema, path, interfaces);
    }
    case "custom":
      return "pulumi.Input<string>";
    case "boolean":
    case "number":
      return def.type;
    case "union":
    case "string":
      return "string";
    default:
      throw new Error(`${path}: there is no argument type for ${def.type}`);
  }
}

function docOf(schema: Schema): string {
  const { notes, byDefault } = unwrap(schema);
  // Which contexts of OTTL there are differs by kind, and stands in docs/pipelines.md.
  const rule = notes?.rule?.replace(/^Every path starts with its context: .*$/, "Every path starts with its context.");
  const isScalar = ["string", "boolean", "number"].includes(typeof byDefault);
  const text = [notes?.description, rule].filter(Boolean).join(" ");
  return isScalar && !/[Dd]efault/.test(text) ? `${text} Defaults to \`${String(byDefault)}\`.` : text;
}

/** A doc comment in lines of the usual length. */
function comment(text: string): string {
  const lines = text.match(/.{1,112}(?:\s+|$)/g)?.map((line) => line.trimEnd()) ?? [];
  return lines.length === 1 ? `/** ${text} */\n` : `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`;
}
