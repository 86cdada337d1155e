import type { NamespaceSelection } from "../schema";
import { drop, keep, type RelabelRule } from "./relabel";

/** Drops targets in namespaces that no pipeline wants, so that nothing is scraped in vain. */
export function wantedNamespaces(selections: readonly NamespaceSelection[]): RelabelRule[] {
  const included = selections.flatMap(({ include }) => include ?? []);
  const open = selections.filter(({ include }) => include === undefined);
  if (open.length === 0) return [keep("namespace", anyOf(included))];
  const excluded = (open[0]?.exclude ?? []).filter(
    (name) => open.every(({ exclude = [] }) => exclude.includes(name)) && !included.includes(name),
  );
  return excluded.length === 0 ? [] : [drop("namespace", anyOf(excluded))];
}

/** Returns a pattern of these names. Namespaces are DNS labels, so nothing in them needs escaping. */
export const anyOf = (names: readonly string[]): string => [...new Set(names)].sort().join("|");
