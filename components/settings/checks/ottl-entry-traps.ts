import { type Finding, warning } from "../../schema";
import type { Signal } from "../../contract";
import type { PlacedText } from "./ottl-traps";
import { type Token, tokens } from "./ottl-tokens";

/** Contexts from the smallest unit of data to the largest, with the noun of the unit. */
const units = [
  ["log", "log record"],
  ["datapoint", "data point"],
  ["metric", "metric"],
  ["spanevent", "span event"],
  ["span", "span"],
  ["scope", "scope"],
  ["resource", "resource"],
] as const;

const rank = (context: string): number => units.findIndex(([name]) => name === context);

/** The contexts of the paths in a text. */
const contextsIn = (all: readonly Token[]): number[] =>
  all
    .filter(({ kind }, i) => kind === "word" && all[i + 1]?.text === "." && all[i - 1]?.text !== ".")
    .map(({ text }) => rank(text))
    .filter((found) => found !== -1);

/**
 * Warns where a statement appends to a field of a larger unit than the one it runs for. The collector runs all
 * statements of an entry for the smallest unit that any of its texts names.
 */
export function repeatedAppends(statements: readonly PlacedText[], conditions: readonly string[]): Finding[] {
  const smallest = Math.min(
    ...[...statements.map(({ text }) => text), ...conditions].flatMap((text) => contextsIn(tokens(text))),
  );
  const unit = units[smallest];
  return statements.flatMap(({ text, path }) => {
    const target = /^\s*set\(\s*([a-z]+)(\.[a-z_]+(?:\["[^"]*"\])*)\s*,\s*Concat\(/.exec(text);
    const [matched = "", context = "", rest = ""] = target ?? [];
    const own = rank(context);
    const isRead = text.slice(matched.length).includes(context + rest);
    const larger = units[own];
    if (!target || !unit || !larger || own <= smallest || !isRead) return [];
    return [
      warning(
        path,
        `runs once per ${unit[1]}, because this entry has a path of \`${unit[0]}.\`, so it appends to a field of the ${larger[1]} again and again`,
        `Move it into an entry of its own that has no path of \`${unit[0]}.\``,
      ),
    ];
  });
}

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
