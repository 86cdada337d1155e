import type { z } from "zod";
import { foreignFields } from "./fields";
import type { PathKey } from "./findings";
import { didYouMean, nearest } from "./suggest";
import { fieldsOf, pathsTo, schemaAt, unwrap } from "./walk";

/** Fields that users of other systems expect, with what there is instead. */
const instead: ReadonlyMap<string, string> = new Map([
  ["disabled", "Write `enabled`, which means the opposite"],
  ["http", otlpOnly("{ protocol: http, endpoint: { value: https://backend.example.com } }")],
  ["custom", otlpOnly("{ endpoint: { value: https://backend.example.com:4317 } }")],
  ["application", "Its name is `runtime`"],
  [
    "system",
    "For `system: true`, write `namespaces: {}`, which means all namespaces. For `system: false`, remove `namespaces`: " +
      "without it, `runtime` takes no logs of system namespaces",
  ],
  ["dropLabels", "Remove it: `enrichments.extractPodLabels` chooses the labels of all pipelines"],
  ["keepAnnotations", "Remove it: annotations of pods are not added"],
  ["collectionInterval", "It is set for all pipelines together, in `metric.collectionInterval`"],
  ["input", "Traces come in by OTLP only, from all namespaces: remove it"],
  ["name", "Only the pipeline itself has a name; in a manifest it belongs into `metadata`"],
  ["username", didYouMean("user")],
  ["context", "Remove it: each path starts with its own context"],
  ["error_mode", "Remove it: a statement or condition that fails is always logged and skipped"],
]);

function otlpOnly(output: string): string {
  return `Only OTLP outputs are offered: write \`otlp: ${output}\`, with the address at which the backend takes OTLP`;
}

/** Returns the remedy for an unknown field: the field that the user should write instead. */
export function unknownField(key: string, at: readonly PathKey[], root: z.core.$ZodType): string {
  const here = schemaAt(root, at) ?? root;
  const { remedies = {} } = foreignFields.get(unwrap(here).schema) ?? {};
  if (Object.hasOwn(remedies, key)) return remedies[key]!;
  const known = Object.keys(fieldsOf(here));
  const meant = nearest(key, known);
  if (meant !== undefined) return didYouMean(meant);
  // Fields of the pipeline that it stands in, not of what else there is in the configuration.
  const index = at.findIndex((part) => typeof part === "number");
  const pipeline = index === -1 ? here : (schemaAt(root, at.slice(0, index + 1)) ?? here);
  const [belongs] = [pathsTo(key, here), pathsTo(key, pipeline)].filter(({ length }) => length === 1).flat();
  if (belongs) return `It belongs into ${belongs.length === 1 ? "the pipeline itself" : quoted(belongs.slice(0, -1))}`;
  return instead.get(key) ?? `Known fields here: ${known.join(", ")}`;
}

function quoted(path: readonly string[]): string {
  return `\`${path.join(".")}\``;
}
