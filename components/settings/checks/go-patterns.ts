/**
 * Regular expressions of Go, as far as JavaScript reads them in the same way. Here they meet only short texts of this
 * program, to find out what a statement does to its own result.
 */

/** Returns undefined for an expression that JavaScript does not have, or that could take long. */
export function goPattern(text: string): RegExp | undefined {
  const [whole = "", flags = ""] = /^\(\?([ims]+)\)/.exec(text) ?? [];
  const source = text.slice(whole.length).replaceAll("(?P<", "(?<");
  if (mayTakeLong(source)) return undefined;
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    return undefined;
  }
}

/** Go reads every expression in linear time. JavaScript does not where a repeated group or many repetitions fail to match. */
const mayTakeLong = (source: string): boolean =>
  source.length > 500 || /\)[*+{]/.test(source) || (source.match(/[*+{]/g) ?? []).length > 6;

/** Returns the text of one match for a reference to a group. */
type Groups = (name: string) => string | undefined;

/** Writes a replacement out, as Go does: `$1x` is the group with the name `1x`. Undefined if a group is unknown. */
function expand(template: string, groups: Groups): string | undefined {
  let known = true;
  const expanded = template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (reference, bare?: string, braced?: string) => {
    if (reference === "$$") return "$";
    const text = groups(bare ?? braced ?? "");
    known &&= text !== undefined;
    return text ?? "";
  });
  return known ? expanded : undefined;
}

/** Replaces all matches as Go does, which ignores an empty match right behind another one. */
function replaceAll(text: string, pattern: RegExp, template: string): string {
  let [result, at, end] = ["", 0, -1];
  for (const match of text.matchAll(new RegExp(pattern.source, `${pattern.flags}g`))) {
    if (match[0] === "" && match.index === end) continue;
    const groups: Groups = (name) => (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
    result += text.slice(at, match.index) + (expand(template, groups) ?? "");
    at = end = match.index + match[0].length;
  }
  return result + text.slice(at);
}

/** Returns whether a replacement changes its own result once more; false where that cannot be known. */
export function replacesItsResult(pattern: RegExp, template: string): boolean {
  const groups = groupsOf(pattern.source);
  const once = expand(template, (name) => {
    const group = groups.find((one, i) => String(i) === name || one.name === name);
    return group ? sample(group.source, pattern.flags) : "";
  });
  return once !== undefined && once.length <= 200 && replaceAll(once, pattern, template) !== once;
}

interface Group {
  readonly name?: string;
  readonly source: string;
}

/** Lists the groups of an expression in the order of their numbers, the whole expression first. */
function groupsOf(pattern: string): Group[] {
  const groups: Group[] = [{ source: pattern }];
  const open: ((end: number) => void)[] = [];
  for (const { 0: part, 1: name, index } of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\(\?<(\w+)>|\(\??|\)/gs)) {
    if (part === ")") open.pop()?.(index);
    if (!part.startsWith("(")) continue;
    const number = part === "(?" ? undefined : groups.push({ source: "" }) - 1;
    const start = index + part.length;
    open.push((end) => {
      if (number !== undefined) groups[number] = { name, source: pattern.slice(start, end) };
    });
  }
  return groups;
}

/** Returns a text that a group matches; undefined if none is at hand. */
function sample(source: string, flags: string): string | undefined {
  const whole = new RegExp(`^(?:${source})$`, flags);
  return ["x", "a.b", "1", "X", "a_b", ...source.split("|")].find((text) => whole.test(text));
}
