/** How much work a part of a regular expression is for Go, which follows all of its possible matches at once. */
export interface Matching {
  /** At most as many of its instructions are alive at one character, if all matches start at the same place. */
  readonly threads: number;
  /** The same if matches start at every place. */
  readonly everywhere: number;
  /** Characters of every match; undefined if matches differ. */
  readonly length: number | undefined;
  /** A text with which every match begins, whatever the case of letters. */
  readonly prefix: string;
}

/** How often something is repeated. */
export interface Repetition {
  /** Largest count; without a limit the least one, or 1. */
  readonly times: number;
  readonly isExact: boolean;
}

/** Returns the work of a character, a class or an assertion. */
export function atomOf(text: string): Matching {
  const length = assertion.test(text) ? 0 : quoted.test(text) ? undefined : 1;
  const prefix = ordinary.test(text) ? text.replace("\\", "").toLowerCase() : "";
  // A quoted text has one for each of its characters. An assertion is looked at where the part before it may end.
  return { threads: 1, everywhere: length === undefined ? text.length : 1, length, prefix };
}

const assertion = /^(?:\^|\$|\\[AbBz])$/;
const quoted = /^\\Q/;
/** Escaped dots are the only special characters that names of metrics and values of labels often have. */
const ordinary = /^(?:[\w:/-]|\\\.)$/;

/** Returns the work of parts that follow each other. */
export function inSequence(parts: readonly Matching[]): Matching {
  let [threads, everywhere, prefix] = [0, 0, ""];
  let length: number | undefined = 0;
  /** Instructions that are alive while the current part is. */
  let alive = 0;
  let isText = true;
  for (const part of withJoinedTexts(parts)) {
    // Behind a part of many lengths, matches of the next part start everywhere.
    alive = length === undefined ? alive + part.everywhere : part.threads;
    threads = Math.max(threads, alive);
    everywhere += part.everywhere;
    if (isText) prefix += part.prefix;
    isText &&= part.prefix.length === part.length;
    length = length === undefined || part.length === undefined ? undefined : length + part.length;
  }
  return { threads, everywhere, length, prefix };
}

/** Joins characters that follow each other: wherever the text starts, few of its places fit the same characters. */
function withJoinedTexts(parts: readonly Matching[]): Matching[] {
  const joined: Matching[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last === undefined || !isTextOnly(last) || !isTextOnly(part)) {
      joined.push(part);
      continue;
    }
    const prefix = last.prefix + part.prefix;
    joined.splice(-1, 1, { threads: 1, everywhere: 0, length: prefix.length, prefix });
  }
  return joined.map((part) => (isTextOnly(part) ? { ...part, everywhere: mostOverlaps(part.prefix) } : part));
}

const isTextOnly = ({ length, prefix }: Matching): boolean => length !== 0 && prefix.length === length;

/** Returns how many beginnings of a text can be ends of the same other text: 1 for `total`, 4 for `aaaa`. */
function mostOverlaps(text: string): number {
  /** For each length of a beginning, the length of the longest shorter one that is also its end (Knuth, Morris and Pratt). */
  const shorter = [0, 0];
  const counts = [0, 1];
  for (let i = 1; i < text.length; i++) {
    let length = shorter[i] ?? 0;
    while (length > 0 && text[length] !== text[i]) length = shorter[length] ?? 0;
    if (text[length] === text[i]) length++;
    shorter.push(length);
    counts.push(1 + (counts[length] ?? 0));
  }
  return counts.reduce((most, count) => Math.max(most, count), 0);
}

/** Returns the work of branches of which one matches. Branches that begin with different texts are not alive together. */
export function eitherOf(branches: readonly Matching[]): Matching {
  const [first = inSequence([]), ...others] = branches;
  if (others.length === 0) return first;
  const together: { readonly prefix: string; readonly threads: number }[] = [];
  let threads = 0;
  for (const branch of [...branches].sort((a, b) => (a.prefix < b.prefix ? -1 : 1))) {
    while (!branch.prefix.startsWith(together.at(-1)?.prefix ?? "")) together.pop();
    together.push({ prefix: branch.prefix, threads: (together.at(-1)?.threads ?? 0) + branch.threads });
    threads = Math.max(threads, together.at(-1)?.threads ?? 0);
  }
  return {
    threads,
    everywhere: branches.reduce((sum, branch) => sum + branch.everywhere, 0),
    length: others.every(({ length }) => length === first.length) ? first.length : undefined,
    prefix: "",
  };
}

/** Returns the work of a part that is repeated: written out as often as its largest count. */
export function repeatedly(part: Matching, { times, isExact }: Repetition): Matching {
  const everywhere = part.everywhere * Math.max(1, times);
  return {
    // Of a part with one length, only one repetition is alive at a character.
    threads: part.length === undefined ? everywhere : part.threads,
    everywhere,
    length: isExact && part.length !== undefined ? part.length * times : undefined,
    prefix: isExact && times > 0 ? part.prefix : "",
  };
}
