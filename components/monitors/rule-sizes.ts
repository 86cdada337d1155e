import { goRegexSize } from "./go-regex";
import { fault, type MonitorFault } from "./monitor-faults";
import { actionOf, type MonitorEndpoint, type MonitorRelabeling } from "./monitor-object";

/**
 * Instructions that all regular expressions of a monitor may have together, about 25 MiB of each agent. The expressions of
 * ordinary rules have one for each of their characters, so a monitor needs 100 KB of them to have more.
 */
const mostInstructions = 100_000;

/** Rules of a list. The jobs of a monitor have no room for more, even if all rules are equal. */
const mostRules = 5000;

/** Reports the first list with so many rules that the other checks would take minutes. `list` is the endpoints' place. */
export function ruleCountFaults(list: string, endpoints: readonly MonitorEndpoint[]): MonitorFault[] {
  const lists = endpoints.flatMap(({ relabelings = [], metricRelabelings = [] }, i) =>
    Object.entries({ relabelings, metricRelabelings }).map(([field, { length }]) => ({
      place: `${list}[${i}].${field}`,
      length,
    })),
  );
  return lists
    .filter(({ length }) => length > mostRules)
    .slice(0, 1)
    .map(({ place, length }) =>
      fault(place, "monitor", `has ${length} rules, and ${mostRules} are allowed`, "Join rules by their regex"),
    );
}

/** Instructions of the expressions of a list that search the names of labels: a pod may have 10,000 annotations. */
const mostNameInstructions = 2000;

/** Reports expressions that would search all names of a target's labels for minutes. */
export function nameRuleFaults(place: string, rules: readonly MonitorRelabeling[]): MonitorFault[] {
  const sizes = rules.map(({ action, regex = "" }) => (actionOf(action).startsWith("label") ? goRegexSize(regex) : 0));
  const sum = sizes.reduce((all, size) => all + size, 0);
  if (sum <= mostNameInstructions) return [];
  return [
    fault(
      `${place}[${sizes.indexOf(Math.max(...sizes))}]`,
      "monitor",
      `has the largest of the expressions for names of labels, which have about ${sum} instructions together, and ${mostNameInstructions} are allowed`,
      "Repeat less in them, or map and drop fewer labels",
    ),
  ];
}

/** Reports expressions that would take much of the memory that an agent has for all its data. `list` is their place. */
export function ruleSizeFaults(list: string, endpoints: readonly MonitorEndpoint[]): MonitorFault[] {
  const sizes = endpoints
    .flatMap((endpoint, i) => expressionsOf(endpoint, `${list}[${i}]`))
    .map(({ place, text }) => ({ place, size: goRegexSize(text) }));
  const sum = sizes.reduce((all, { size }) => all + size, 0);
  const [largest] = sizes.sort((a, b) => b.size - a.size);
  if (largest === undefined || sum <= mostInstructions) return [];
  return [
    fault(
      largest.place,
      "monitor",
      `has the largest of the monitor's regular expressions, which have about ${sum} instructions together, and ${mostInstructions} are allowed`,
      "Repeat less in them, and use fewer classes such as \\p{L}",
    ),
  ];
}

function expressionsOf(
  { port = "", targetPort = "", relabelings = [], metricRelabelings = [] }: MonitorEndpoint,
  place: string,
): { readonly place: string; readonly text: string }[] {
  return [
    { place: `${place}.port`, text: port },
    { place: `${place}.targetPort`, text: String(targetPort) },
    ...Object.entries({ relabelings, metricRelabelings }).flatMap(([field, rules]) =>
      rules.map(({ regex = "" }, i) => ({ place: `${place}.${field}[${i}]`, text: regex })),
    ),
  ];
}
