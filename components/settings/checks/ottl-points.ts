import { type Finding, warning } from "../../schema";
import type { Step } from "./ottl-identity";
import { readStatement, targetOf } from "./ottl-statements";

/** Functions that keep some keys of a map, and remove all that they do not name. */
const keepers = ["keep_keys", "keep_matching_keys"];

/**
 * Warns where statements keep some attributes of data points. Points of one metric that differ in another attribute then
 * have the same series and time, and the collector does not add them up: a backend keeps one of them or rejects all.
 */
export function equalPoints(steps: readonly Step[]): Finding[] {
  const statements = steps.flatMap(({ conditions, statements }) =>
    statements.map(({ text, path }) => ({ path, isForAll: conditions.length === 0, ...readStatement(text) })),
  );
  if (statements.some(({ editor }) => editor === "aggregate_on_attributes")) return [];
  return statements
    .filter(({ isForAll, guard }) => isForAll && guard.length === 0)
    .filter((one) => keepers.includes(one.editor) && targetOf(one) === "datapoint.attributes")
    .map(({ path }) =>
      warning(
        path,
        "removes attributes that distinguish the data points of a metric, and points that become equal are not added up",
        'Write `aggregate_on_attributes("sum", [KEYS]) where metric.name == "NAME"` into an entry of its own instead',
      ),
    );
}
