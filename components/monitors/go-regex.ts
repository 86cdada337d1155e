import { isGoClass } from "./go-classes";
import { atomOf, eitherOf, inSequence, repeatedly, type Matching, type Repetition } from "./go-regex-threads";

/**
 * Returns why Prometheus cannot read a regular expression, as a clause; undefined if it can. A collector with one wrong
 * expression does not start, so this knows the syntax of Go, which differs from that of JavaScript: there are no
 * lookarounds and no back-references.
 */
export function goRegexFault(text: string): string | undefined {
  return readGoRegex(text).fault;
}

/**
 * Returns about how many instructions Prometheus makes of a regular expression; 0 if it cannot read the expression. Each
 * takes 200 to 300 bytes of a collector, measured with its version 0.161.
 */
export function goRegexSize(text: string): number {
  return readGoRegex(text).size;
}

/**
 * Returns at most how many instructions of a regular expression are alive at one character of a text: a search takes as
 * many steps for each character. 0 if Prometheus cannot read the expression.
 */
export function goRegexThreads(text: string): number {
  return readGoRegex(text).threads;
}

interface ReadRegex {
  readonly fault?: string;
  readonly size: number;
  readonly threads: number;
}

/** Expressions that were read last: each of a monitor is asked about five times, and many monitors have equal ones. */
const remembered = new Map<string, ReadRegex>();
const mostRemembered = 1000;

function readGoRegex(text: string): ReadRegex {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  if (remembered.size >= mostRemembered) remembered.clear();
  const result = read(text);
  remembered.set(text, result);
  return result;
}

function read(text: string): ReadRegex {
  if (text.length > mostLength) return { fault: `has more than ${mostLength} characters`, size: 0, threads: 0 };
  try {
    // Prometheus reads an expression within this frame.
    const { size, threads } = new GoRegex(`^(?s:${text})$`).read();
    // The dollar sign of the frame is one, for which nothing is searched.
    return { size, threads: Math.max(1, threads - 1) };
  } catch (error) {
    if (error instanceof SyntaxFault) return { fault: error.message, size: 0, threads: 0 };
    throw error;
  }
}

const mostLength = 50_000;
const mostRepeats = 1000;
/** Instructions of an expression after its repetitions are written out. Go's own limit is 3,355,443. */
const mostSize = 1_000_000;
const mostDepth = 200;
/** Instructions that take as much memory as a class such as `\p{L}`, which has hundreds of ranges: measured, 15 KiB. */
const propertySize = 60;

class SyntaxFault extends Error {}

/** A part of an expression. */
interface Part extends Matching {
  /** About as many instructions as Go makes of it. */
  readonly size: number;
  /** Largest product of nested repeat counts. */
  readonly repeats: number;
  /** Whether it is only a change of flags, such as `(?i)`, which nothing may repeat. */
  readonly isFlags?: true;
}

const nothing: Part = { ...inSequence([]), repeats: 1, size: 1 };

/** Reads an expression by recursive descent. */
class GoRegex {
  private at = 0;
  private depth = 0;
  /** Number of classes such as `\p{L}` that were read. */
  private properties = 0;

  private readonly lastClassEnd: number;

  constructor(private readonly text: string) {
    this.lastClassEnd = text.lastIndexOf(":]");
  }

  read(): Part {
    const part = this.alternatives();
    if (this.at < this.text.length) throw new SyntaxFault("has a closing parenthesis too many");
    return part;
  }

  private alternatives(): Part {
    const branches: Part[][] = [[]];
    let size = 1;
    while (this.at < this.text.length && this.text[this.at] !== ")") {
      if (this.take("|")) {
        branches.push([]);
        continue;
      }
      const part = this.repeated(this.atom());
      branches.at(-1)?.push(part);
      size += part.size;
      if (size > mostSize) throw new SyntaxFault("is too large once its repetitions are written out");
    }
    const repeats = branches.flat().reduce((most, part) => Math.max(most, part.repeats), 1);
    return { ...eitherOf(branches.map(inSequence)), repeats, size };
  }

  private repeated(inner: Part): Part {
    const found = this.repeat();
    if (found === undefined) return inner;
    if (inner.isFlags) throw new SyntaxFault("has a repetition of nothing");
    this.take("?");
    const again = this.at;
    if (this.repeat() !== undefined) {
      this.at = again;
      throw new SyntaxFault("repeats a repetition");
    }
    const times = Math.max(1, found.times);
    const repeats = inner.repeats * times;
    if (repeats > mostRepeats) throw new SyntaxFault(`repeats more than ${mostRepeats} times`);
    return { ...repeatedly(inner, found), repeats, size: inner.size * times + 1 };
  }

  /** Reads a repetition; returns undefined for other text. */
  private repeat(): Repetition | undefined {
    if (this.take("*") || this.take("+") || this.take("?")) return { times: 1, isExact: false };
    const found = this.match(/\{(\d+)(,(\d*))?\}/y);
    if (!found) return undefined;
    const least = Number(found[1]);
    const most = found[2] === undefined ? least : found[3] === "" ? undefined : Number(found[3]);
    if (least > mostRepeats || (most ?? 0) > mostRepeats || (most !== undefined && most < least)) {
      throw new SyntaxFault("has a repeat count that is too large or in the wrong order");
    }
    return { times: most ?? least, isExact: most === least };
  }

  private atom(): Part {
    if (this.text[this.at] === "(") return this.group();
    if (this.match(/\\Q\\E/y)) return { ...nothing, isFlags: true };
    const [start, before] = [this.at, this.properties];
    if (this.text[this.at] === "[") this.charClass();
    else if (this.text[this.at] === "\\") this.escape();
    else if (this.repeat() !== undefined) throw new SyntaxFault("has a repetition of nothing");
    else this.character();
    const size = 1 + (this.properties - before) * propertySize;
    return { ...atomOf(this.text.slice(start, this.at)), repeats: 1, size };
  }

  private group(): Part {
    if (++this.depth > mostDepth) throw new SyntaxFault("has too many parentheses in each other");
    this.at++;
    if (this.take("?") && this.flags()) return { ...nothing, isFlags: true };
    const part = this.alternatives();
    if (!this.take(")")) throw new SyntaxFault("lacks a closing parenthesis");
    this.depth--;
    return part;
  }

  /** Reads what follows `(?`; returns whether this was the whole group, as in `(?i)`. */
  private flags(): boolean {
    if (this.match(/P?<[A-Za-z0-9_]+>/y)) return false;
    if (/[=!]|<[=!]/y.test(this.text.slice(this.at, this.at + 2)))
      throw new SyntaxFault(`has a lookaround, which ${re2}`);
    const end = this.match(/(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?([:)])/y)?.[1];
    if (end === undefined) throw new SyntaxFault("has a group with an unknown start");
    if (end === ")") this.depth--;
    return end === ")";
  }

  private charClass(): void {
    this.at++;
    this.take("^");
    for (let first = true; first || this.text[this.at] !== "]"; first = false) {
      if (this.at >= this.text.length) throw new SyntaxFault("lacks a closing bracket");
      if (
        this.match(/\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/y)
      )
        continue;
      if (this.text.startsWith("[:", this.at) && this.lastClassEnd >= this.at + 2)
        throw new SyntaxFault("has an unknown class of characters");
      const low = this.member();
      if (low === undefined || this.text[this.at] !== "-" || this.text[this.at + 1] === "]") continue;
      this.at++;
      const high = this.member();
      if (high === undefined || high < low) throw new SyntaxFault("has a range of characters in the wrong order");
    }
    this.at++;
  }

  /** Reads a member of a class; returns its code, or undefined for a class such as `\d`. */
  private member(): number | undefined {
    if (this.text[this.at] === "\\") return this.escape(true);
    return this.character();
  }

  private character(): number {
    const code = this.text.codePointAt(this.at) ?? 0;
    this.at += String.fromCodePoint(code).length;
    return code;
  }

  private escape(inClass = false): number | undefined {
    if (this.match(/\\[dDsSwW]/y)) return undefined;
    const property = this.match(/\\[pP](?:\{\^?([A-Za-z_]+)\}|([A-Z]))/y);
    if (property) {
      this.properties++;
      if (!isGoClass(property[1] ?? property[2] ?? "")) throw new SyntaxFault("has an unknown class of characters");
      return undefined;
    }
    if (!inClass && this.match(/\\(?:[AbBz]|Q[^]*?(?:\\E|$))/y)) return undefined;
    const hex = this.match(/\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/y);
    if (hex) return this.code(parseInt(hex[1] ?? hex[2] ?? "", 16));
    const octal = this.match(/\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
    if (octal) return this.code(parseInt(octal[1] ?? "", 8));
    if (this.match(/\\[1-9]/y)) throw new SyntaxFault(`has a back-reference, which ${re2}`);
    const control = this.match(/\\([afnrtv])/y)?.[1];
    if (control !== undefined) return controls[control];
    const [literal] = this.match(/\\([!-/:-@[-`{-~ ])/y)?.slice(1) ?? [];
    if (literal === undefined) throw new SyntaxFault(`has a backslash before a character that ${re2}`);
    return literal.codePointAt(0);
  }

  private code(value: number): number {
    if (value > 0x10ffff) throw new SyntaxFault("has a character that does not exist");
    return value;
  }

  private take(text: string): boolean {
    const isNext = this.text[this.at] === text;
    if (isNext) this.at++;
    return isNext;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found ?? undefined;
  }
}

const re2 = "Prometheus' expressions (RE2) do not have";
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
