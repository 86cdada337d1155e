import { literal } from "../collector";
import type { RelabelRule } from "../inputs";
import { actionOf, type MonitorRelabeling } from "./monitor-object";

/**
 * Characters of a text that the regular expression of a monitor's rule may search. An annotation may have 256 KiB, and rules
 * may join it a hundred times. An expression with many repetitions would search that for hours, and the scraper finds no
 * other target, of any monitor, until it has searched all.
 */
const mostCharacters = 1000;

/** Labels of discovery whose texts may be long. Those of other labels have at most 253 characters. */
const longLabel =
  /annotation_|_controller_|_container_i|_target_|_app_protocol|_topology_|^__param_|^__metrics_path__$|^endpoint$/;

/** A labelmap that copies only labels of pods or Services, whose values have at most 63 characters. */
const mapsLabels = /^\(?__meta_kubernetes_(?:pod|service)_label(?:present)?_[^|]*$/;

/** Expressions that need no search. */
const anyText: readonly string[] = ["", "(.*)", "(.+)", ".*", ".+"];

/** Labels that a rule joins, and characters between them, up to which the result is short. */
const mostJoined = 10;

const withText: readonly string[] = ["replace", "lowercase", "uppercase"];
const withRegex: readonly string[] = ["replace", "keep", "drop"];

/** Returns for each rule whether its expression may search a long text. */
export function searchLongText(rules: readonly MonitorRelabeling[]): boolean[] {
  const written = new Map<string, boolean>();
  let isAnyLong = false;
  const isLong = (label: string): boolean => isAnyLong || (written.get(label) ?? longLabel.test(label));
  return rules.map(
    ({ sourceLabels = [], targetLabel = "", separator = "", regex = "", replacement = "", action: given }) => {
      const action = actionOf(given);
      const reads = sourceLabels.some(isLong) || sourceLabels.length > mostJoined || separator.length > mostJoined;
      const writes = withText.includes(action) && (reads || replacement.length > mostCharacters);
      if (action === "labelmap") isAnyLong ||= !mapsLabels.test(regex);
      else if (targetLabel.includes("$")) isAnyLong ||= writes;
      else if (withText.includes(action)) written.set(targetLabel, writes || isLong(targetLabel));
      return reads && withRegex.includes(action) && !anyText.includes(regex);
    },
  );
}

/** Returns a rule that drops targets for which a rule would search a long text. */
export const dropLongText = ({ sourceLabels = [], separator }: MonitorRelabeling): RelabelRule => ({
  action: "drop",
  source_labels: sourceLabels.map(literal),
  ...(separator !== undefined && { separator: literal(separator) }),
  regex: `.{${mostCharacters}}.+`,
});
