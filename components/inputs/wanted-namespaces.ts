import type { NameSelection, NamespaceSelection } from "../schema";
import { drop, keep, type RelabelRule } from "./relabel";

/** Drops targets in namespaces that no pipeline wants, so that nothing is scraped in vain. */
export function wantedNamespaces(selections: readonly NamespaceSelection[]): RelabelRule[] {
  if (selections.every(({ include }) => include !== undefined)) {
    return [keep("namespace", anyOf(selections.flatMap(({ include }) => include ?? [])))];
  }
  const excluded = unwantedNames(selections);
  return excluded.length === 0 ? [] : [drop("namespace", anyOf(excluded))];
}

/** Returns the names that at least one selection excludes, and that none wants. */
export function unwantedNames(selections: readonly NameSelection[]): string[] {
  const included = selections.flatMap(({ include }) => include ?? []);
  const open = selections.filter(({ include }) => include === undefined);
  return (open[0]?.exclude ?? []).filter(
    (name) => open.every(({ exclude = [] }) => exclude.includes(name)) && !included.includes(name),
  );
}

/** Returns a pattern of these names. Namespaces are DNS labels, so nothing in them needs escaping. */
const anyOf = (names: readonly string[]): string => [...new Set(names)].sort().join("|");
