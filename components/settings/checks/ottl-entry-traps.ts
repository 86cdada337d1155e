import { type Finding, warning } from "../../schema";
import type { Signal } from "../../contract";
import type { PlacedText } from "./ottl-traps";

/** Attributes that identify a pod of a workload. */
const identities = ["k8s.pod.uid", "k8s.pod.name", "service.instance.id"];

/** Warns where `keep_keys` removes the identity of the sender, which later steps do not restore. */
export function lostIdentity(statements: readonly PlacedText[], signal: Signal): Finding[] {
  const isSet = statements.some(({ text }) => /^\s*set\(\s*resource\.attributes\["service\.name"\]/.test(text));
  return statements.flatMap(({ text, path }) => {
    const kept = keptKeys(text);
    if (!kept) return [];
    return [
      ...(kept.includes("service.name") || isSet
        ? []
        : [warning(path, "removes the resource attribute `service.name`", 'Add `"service.name"` to the list')]),
      ...(signal === "metrics" && !identities.some((key) => kept.includes(key))
        ? [
            warning(
              path,
              "removes the resource attributes that tell pods apart, so the series of all pods become one",
              'Add `"k8s.pod.uid"` to the list',
            ),
          ]
        : []),
    ];
  });
}

/** The keys that a `keep_keys` of resource attributes names, if all of them are texts. */
function keptKeys(text: string): string[] | undefined {
  const match = /^\s*keep_keys\(\s*resource\.attributes\s*,\s*\[((?:\s*"[^"\\]*"\s*,?)*)\s*\]\s*\)/.exec(text);
  return match ? [...(match[1] ?? "").matchAll(/"([^"]*)"/g)].map(([, key]) => key ?? "") : undefined;
}

/** Returns whether a statement may make a metric name that no sender has written. */
export const makesMetricNames = (statement: string): boolean =>
  /\bmetric\.name\b/.test(statement.replace(/\bwhere\b.*$/s, "")) ||
  /^\s*(extract_|convert_|copy_metric)/.test(statement);
