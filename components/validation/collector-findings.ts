import type { Finding } from "../schema";
import { complaintsIn, lacksContext, ottlCause, ottlHelp, type Complaint } from "./complaints";
import type { OttlEntry, Places } from "./places";
import { probesOf } from "./probes";
import { withoutSecretTexts } from "./secret-texts";

/** The answers of a collector to one validation. */
export interface Answers {
  /** The collector's output about the configuration that it refuses. */
  readonly said: string;
  /** The collector's output about the probes. Missing if no probes ran. */
  readonly probed?: string;
  /** Version of the collector, if it is known. */
  readonly version?: string;
  /** Whether the collector had the credentials: its output may then quote them. */
  readonly hadCredentials: boolean;
}

/** Returns whether probes can find more: they can if the collector refuses a processor with the user's OTTL. */
export function wantsProbes(said: string, { entries }: Places): boolean {
  return complaintsIn(said).some(({ component }) => entries.some((entry) => entry.component === component));
}

/** Returns all findings, in the order of their places in the user's configuration. */
export function findingsIn(answers: Answers, places: Places): Finding[] {
  const probed = new Map(
    complaintsIn(answers.probed ?? "").map(({ component = "", text }): [string, string] => [component, text]),
  );
  const findings = complaintsIn(answers.said).flatMap((complaint) => {
    const entries = places.entries.filter(({ component }) => component === complaint.component);
    const exact = entries.flatMap((entry) => entryFindings(entry, places, probed, answers));
    return exact.length > 0 ? exact : [componentFinding(complaint, places, answers)];
  });
  const order = places.entries.flatMap(({ path, conditions, statements }) => [
    path,
    ...[...conditions, ...statements].map((text) => text.path),
  ]);
  return withoutSecretTexts(findings, places).sort(
    (a, b) => order.indexOf(a.path) - order.indexOf(b.path) || (a.path < b.path ? -1 : 1),
  );
}

function entryFindings(
  entry: OttlEntry,
  places: Places,
  probed: ReadonlyMap<string, string>,
  { version }: Answers,
): Finding[] {
  const probes = probesOf(places).filter((probe) => probe.entry === entry);
  const together = probes.find(({ whole, id }) => whole && probed.has(id));
  if (together === undefined) return [];
  const alone = probes.filter(({ whole, id }) => !whole && probed.has(id));
  const sure = alone.filter(({ id }) => !lacksContext(probed.get(id) ?? ""));
  const blamed = sure.length > 0 ? sure : alone;
  if (blamed.length > 0) return blamed.map(({ id, path }) => ottlFinding(path, probed.get(id) ?? "", version));
  const text = probed.get(together.id) ?? "";
  const problem = `has parts that do not go together: ${ottlCause(text)}`;
  const remedy = `Move the parts about another context into their own entry, see ${ottlHelp(text, version)}`;
  return [{ severity: "error", path: entry.path, problem, remedy }];
}

function ottlFinding(path: string, text: string, version: string | undefined): Finding {
  const problem = `is refused by the collector: ${ottlCause(text)}`;
  return { severity: "error", path, problem, remedy: `See ${ottlHelp(text, version)}` };
}

function componentFinding({ component, text }: Complaint, places: Places, answers: Answers): Finding {
  const path = component === undefined ? undefined : places.components[component];
  const isOttl = component !== undefined && /^(?:transform|filter)\//.test(component);
  if (path !== undefined && isOttl) return ottlFinding(path, text, answers.version);
  // Components with OTTL never read a file with credentials. All other components may have read one.
  const isShown = isOttl || !answers.hadCredentials;
  const words = isShown ? `: ${text}` : ", in words that are not shown because they may quote a credential";
  const remedy = isShown ? undefined : "A collector on this machine shows them: put it on PATH and run a preview";
  if (path !== undefined) {
    const problem = `is refused by the collector${words}`;
    return { severity: "error", path, problem, remedy: remedy ?? "Correct it" };
  }
  const result = component === undefined ? "a collector configuration that" : `the component ${component}, which`;
  return {
    severity: "error",
    path: "configuration",
    problem: `results in ${result} the collector refuses${words}`,
    remedy: remedy ?? "Correct the setting that causes this",
  };
}
