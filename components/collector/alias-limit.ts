import { isAlias, isMap, isSeq, parseDocument, type Node } from "yaml";

/** Values from which the YAML library allows fewer of them to be read by aliases, and from which it allows the fewest. */
const [fewValues, manyValues] = [400_000, 4_000_000];

/**
 * Returns the largest share of values that may be read by aliases. It is the guard of the collector's YAML library
 * (gopkg.in/yaml.v3, `allowedAliasRatio`) against a small text that stands for a large one.
 */
function mostShare(values: number): number {
  const excess = Math.min(Math.max(values, fewValues), manyValues) - fewValues;
  return 0.99 - (0.89 * excess) / (manyValues - fewValues);
}

/** The library checks nothing before it has read this many values, and this many of them by aliases. */
const [leastValues, leastRepeated] = [1000, 100];

/**
 * Returns how many values the collector would read by aliases in a YAML text if it refuses the text because of them;
 * undefined if it accepts them. It counts as the library does: each key, value and alias is one.
 */
export function excessiveAliases(text: string): number | undefined {
  if (!/: &a|- &a/.test(text)) return undefined;
  const anchors = new Map<string, Node>();
  let [all, repeated, isRefused] = [1, 0, false];
  const read = (node: unknown, isRepeated: boolean): void => {
    all++;
    if (isRepeated) repeated++;
    if (repeated > leastRepeated && all > leastValues) isRefused ||= repeated > all * mostShare(all);
    if (isAlias(node)) return read(anchors.get(node.source), true);
    if (!isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    for (const item of node.items as readonly unknown[]) {
      if (isSeq(node)) read(item, isRepeated);
      else for (const part of partsOf(item)) read(part, isRepeated);
    }
  };
  read(parseDocument(text).contents, false);
  return isRefused ? repeated : undefined;
}

/** Returns the key and the value of an entry of a map. */
const partsOf = (item: unknown): unknown[] => {
  const { key, value } = item as { readonly key: unknown; readonly value: unknown };
  return [key, value];
};
