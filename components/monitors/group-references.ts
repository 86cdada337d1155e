import { goRegexFault } from "./go-regex";
import type { MonitorRelabeling } from "./monitor-object";

/** Returns how often a text refers to what an expression has found. */
export const references = (text: string): number => text.split("$").length - 1;

/** Returns a text with another one in place of each reference. */
export const withFound = (text: string, found: string): string => text.replaceAll(/\$\{?\w+\}?/g, () => found);

/** Returns how often the result of a rule may have the text that its expression has found. */
export function timesOfText({ regex = "(.*)", replacement = "$1" }: MonitorRelabeling): number {
  const names = [...replacement.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(([, braced, plain]) => braced ?? plain);
  const times = Math.max(1, references(replacement));
  const areNumbers = names.length === times && names.every((name) => /^[1-9]$/.test(name ?? ""));
  return times > 1 && areNumbers && new Set(names).size === times && hasGroupsApart(regex) ? 1 : times;
}

/** The parts of an expression that show where its groups begin and end: escapes, classes of characters and parentheses. */
const groupSigns = /\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\??|\)/gs;

/** Returns whether no group of an expression is part of another one, so that together they find each character once. */
function hasGroupsApart(regex: string): boolean {
  if (goRegexFault(regex) !== undefined || /\\Q|\(\?P?</.test(regex)) return false;
  const open: boolean[] = [];
  for (const [sign] of regex.matchAll(groupSigns)) {
    if (sign === "(" && open.includes(true)) return false;
    if (sign.startsWith("(")) open.push(sign === "(");
    if (sign === ")") open.pop();
  }
  return true;
}
