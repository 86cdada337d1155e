import { type Finding, warning } from "../../schema";
import type { Step } from "./ottl-identity";
import { attributesIn, keyChange, type KeyChange } from "./ottl-key-changes";
import { argument, readStatement } from "./ottl-statements";
import { type Token, tokens } from "./ottl-tokens";
import type { PlacedText } from "./ottl-traps";

/**
 * Warns where a text reads an attribute of the resource that an earlier statement has removed from all data. Filters come
 * after all transforms. There, a condition about a removed namespace drops nothing or everything.
 */
export function removedReads(steps: readonly Step[], drops: readonly PlacedText[]): Finding[] {
  const texts: Text[] = [
    ...steps.flatMap(textsOf),
    ...drops.map((drop) => ({ path: drop.path, reads: tokens(drop.text) })),
  ];
  return texts.flatMap(({ path, reads }, i) => {
    // A comparison with `nil` may be there for this reason.
    if (reads.some(({ text }) => text === "nil")) return [];
    const [found] = attributesIn(reads).flatMap(({ map, key, at }) => {
      const remover = map === resource ? removerOf(key, texts.slice(0, i)) : undefined;
      return remover === undefined ? [] : [{ at, remover }];
    });
    if (!found) return [];
    return [
      warning(
        path,
        `reads an attribute at position ${found.at} that \`${found.remover}\` has removed, so it is always \`nil\``,
        i < texts.length - drops.length
          ? `Move \`${found.remover}\` behind it`
          : "Keep the attribute, because filters run after all transforms, or compare another one",
      ),
    ];
  });
}

const resource = "resource.attributes";

interface Text {
  readonly path: string;
  /** The tokens without what a statement changes. */
  readonly reads: readonly Token[];
  readonly change?: KeyChange;
  /** Whether the change applies to all data. */
  readonly isCertain?: boolean;
}

function textsOf({ conditions, statements }: Step): Text[] {
  return [
    ...conditions.map(({ text, path }) => ({ path, reads: tokens(text) })),
    ...statements.map(({ text, path }) => {
      const statement = readStatement(text);
      const isCertain = conditions.length + statement.guard.length === 0 && statement.editor !== "limit";
      const target = argument(statement, 0, "target")?.length ?? 0;
      return { path, reads: tokens(text).slice(2 + target), change: keyChange(statement), isCertain };
    }),
  ];
}

/** Returns the place of the statement that has removed a key, unless a later one may have set it again. */
function removerOf(key: string, earlier: readonly Text[]): string | undefined {
  const last = earlier.findLast(({ change, isCertain }) => {
    if (change?.map !== resource) return false;
    return mayAdd(change, key) || (isCertain === true && !change.keeps(key));
  });
  return last?.change && !mayAdd(last.change, key) ? last.path : undefined;
}

const mayAdd = ({ adds, addsOthers }: KeyChange, key: string): boolean => addsOthers || adds.includes(key);
