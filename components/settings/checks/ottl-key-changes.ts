import { goPattern } from "./go-patterns";
import { argument, literalKeys, literalText, literalTexts, type Statement, targetOf } from "./ottl-statements";
import { textOf, type Token } from "./ottl-tokens";

/** A change of the keys of a map of attributes, as far as the text of the statement shows it. */
export interface KeyChange {
  /** The map, such as `resource.attributes`. */
  readonly map: string;
  /** Whether a key stays. */
  readonly keeps: (key: string) => boolean;
  /** Keys that the map has afterwards. */
  readonly adds: readonly string[];
  /** Keys that the statement keeps by name. The map may lack them. */
  readonly names: readonly string[];
  /** Whether it may add keys that its text does not show. */
  readonly addsOthers: boolean;
}

const unchanged = { keeps: () => true, adds: [], names: [], addsOthers: false };

/** Undefined if a statement changes no map of attributes, or if its text does not show how. */
export function keyChange(statement: Statement): KeyChange | undefined {
  const [, map, key] = /^([a-z]+\.attributes)(?:\[(.*)\])?$/s.exec(targetOf(statement)) ?? [];
  if (map === undefined) return undefined;
  const change = key === undefined ? mapChange(statement, map) : entryChange(statement, key);
  return change && { ...unchanged, map, ...change };
}

type Change = Partial<Omit<KeyChange, "map">>;

/** The key has its quotes, and maybe further brackets behind it. */
function entryChange({ editor }: Statement, key: string): Change | undefined {
  const name = /^"([^"\\]*)"$/.exec(key)?.[1];
  return editor === "set" && name !== undefined ? { adds: [name] } : undefined;
}

function mapChange(statement: Statement, map: string): Change | undefined {
  const second = argument(statement, 1, secondNames[statement.editor] ?? "");
  switch (statement.editor) {
    case "keep_keys":
      return keeping(literalTexts(second));
    case "limit":
      return keeping(literalTexts(argument(statement, 2, "priority_keys")) ?? []);
    case "delete_key":
      return removing(literalText(second));
    case "keep_matching_keys":
      return matching(second, true);
    case "delete_matching_keys":
      return matching(second, false);
    case "set":
      return replacing(second ?? [], map);
    case "merge_maps":
      return { adds: literalKeys(second) ?? [], addsOthers: literalKeys(second) === undefined };
    default:
      return { addsOthers: true };
  }
}

const secondNames: Readonly<Record<string, string>> = {
  keep_keys: "keys",
  delete_key: "key",
  keep_matching_keys: "pattern",
  delete_matching_keys: "pattern",
  set: "value",
  merge_maps: "source",
};

const keeping = (keys: readonly string[] | undefined): Change | undefined =>
  keys && { keeps: (key) => keys.includes(key), names: keys };

const removing = (key: string | undefined): Change | undefined =>
  key === undefined ? undefined : { keeps: (other) => other !== key };

function matching(written: readonly Token[] | undefined, keeps: boolean): Change | undefined {
  const text = literalText(written);
  const pattern = text === undefined ? undefined : goPattern(text);
  return pattern && { keeps: (key) => pattern.test(key) === keeps };
}

/** A map in place of the old one, unless it is made of the old one. */
function replacing(value: readonly Token[], map: string): Change | undefined {
  const keys = literalKeys(value);
  return textOf(value).includes(map)
    ? undefined
    : { keeps: () => false, adds: keys ?? [], addsOthers: keys === undefined };
}

/** An attribute in a text. */
interface Read {
  readonly map: string;
  readonly key: string;
  /** Position of its first character, from 1. */
  readonly at: number;
}

/** Lists the attributes in a text. */
export function attributesIn(all: readonly Token[]): Read[] {
  return all.flatMap(({ kind, text: context, at }, i) => {
    const [key] = all.slice(i + 4, i + 5);
    const isPath = kind === "word" && all[i - 1]?.text !== "." && textOf(all.slice(i + 1, i + 4)) === ".attributes[";
    const name = key?.kind === "string" ? literalText([key]) : undefined;
    return isPath && name !== undefined ? [{ map: `${context}.attributes`, key: name, at }] : [];
  });
}
