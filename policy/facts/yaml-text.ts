import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";

/**
 * Parses YAML of one document; undefined for text that is not YAML. A long collector configuration has thousands of
 * aliases. The parser's own conversion searches the whole document for each of them, which takes minutes.
 */
export function parsedYaml(text: string): unknown {
  const { contents, errors } = parseDocument(text);
  return errors.length > 0 ? undefined : plain(contents, new Map());
}

function plain(node: unknown, anchors: Map<string, unknown>): unknown {
  if (isAlias(node)) return anchors.get(node.source);
  const value = isMap(node)
    ? Object.fromEntries(node.items.map(({ key, value: one }) => [String(plain(key, anchors)), plain(one, anchors)]))
    : isSeq(node)
      ? node.items.map((one) => plain(one, anchors))
      : isScalar(node)
        ? node.value
        : null;
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined) anchors.set(anchor, value);
  return value;
}
