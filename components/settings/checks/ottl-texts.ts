import { error, warning, type Finding } from "../../schema";
import { contexts } from "../ottl-fields";
import { signals, type Signal } from "../../contract";
import { closing, depths, type Token, tokens } from "./ottl-tokens";

/**
 * Reports only certain mistakes. The collector itself checks the rest of OTTL when it validates a configuration.
 * These checks need no collector, and their findings name the place in the user's configuration.
 */

type Use = "transform" | "filter";

const operators = new Set(["and", "or", "not", "where", "true", "false", "nil"]);
const known = new Set(Object.values(contexts).flatMap(({ transform }) => transform));
/** Contexts that the collector knows next to those of the table; whether they fit is left to it. */
const leftToTheCollector = new Set(["instrumentation_scope", "otelcol", "profile"]);

interface Reading {
  readonly tokens: readonly Token[];
  /** First words of paths: a context, or a field whose context is missing. */
  readonly paths: readonly { readonly first: string; readonly bare: boolean; readonly at: number }[];
  /** Functions in lower case, which change data. */
  readonly editors: readonly Token[];
}

function read(text: string): Reading {
  const all = tokens(text);
  const words = all.map((token, i) => ({ token, before: all[i - 1], after: all[i + 1] }));
  const lower = words.filter(
    ({ token }) => token.kind === "word" && /^[a-z]/.test(token.text) && !operators.has(token.text),
  );
  return {
    tokens: all,
    editors: lower.filter(({ after, before }) => after?.text === "(" && before?.text !== ".").map(({ token }) => token),
    paths: lower
      .filter(({ before, after }) => before?.text !== "." && after?.text !== "(" && after?.text !== "=")
      .map(({ token, after }) => ({
        first: token.text,
        bare: after?.text !== "." || !isContext(token.text),
        at: token.at,
      })),
  };
}

const isContext = (word: string): boolean => known.has(word) || leftToTheCollector.has(word);

/** One condition or statement. */
export function checkOttl(
  text: string,
  path: string,
  signal: Signal,
  use: Use,
  part: "condition" | "statement",
): Finding[] {
  const vocabulary = contexts[signal];
  const example = part === "condition" ? vocabulary.condition : vocabulary.statement;
  if (text.trim() === "") return [error(path, "is empty", `Write OTTL, such as ${example}`)];
  const reading = read(text);
  const broken = brokenText(reading.tokens, path);
  if (broken.length > 0) return broken;
  return [
    ...(part === "condition" ? conditionShape(reading, path, use, example) : statementShape(reading, path, example)),
    ...reading.paths.flatMap(({ first, bare, at }) => pathFinding(first, bare, at, path, signal, use)),
    ...doubledDollars(reading.tokens, path),
  ];
}

const otherLanguages: ReadonlyMap<string, string> = new Map([
  ["'", 'Put texts in double quotes (`"`)'],
  ["`", 'Put texts in double quotes (`"`)'],
  ["&", "Write `and`"],
  ["|", "Write `or`"],
  ["!", "Write `not`"],
  ["~", 'Write IsMatch(path, "regular expression")'],
]);

export function brokenText(all: readonly Token[], path: string): Finding[] {
  if (all.some(({ kind, text }) => kind === "other" && text === '"'))
    return [error(path, "has a text that does not end", 'Close it with `"`')];
  const strange = all.find(({ kind }) => kind === "other");
  if (strange)
    return [
      error(
        path,
        `has a character at position ${strange.at} that OTTL does not know`,
        otherLanguages.get(strange.text) ?? "Remove it, or put texts in double quotes",
      ),
    ];
  return unbalanced(all) ? [error(path, "has brackets that do not match", "Close each bracket that is opened")] : [];
}

function unbalanced(all: readonly Token[]): boolean {
  const open: string[] = [];
  for (const { kind, text } of all) {
    if (kind !== "sign") continue;
    if (closing[text]) open.push(closing[text]);
    else if (Object.values(closing).includes(text) && open.pop() !== text) return true;
  }
  return open.length > 0;
}

function conditionShape({ tokens: all, editors }: Reading, path: string, use: Use, example: string): Finding[] {
  const depth = depths(all);
  const [editor] = editors;
  return [
    ...(editor
      ? [
          error(
            path,
            `has a function at position ${editor.at} that changes data, which a condition cannot`,
            use === "filter"
              ? "Write what to drop as a comparison; changes go into `transform`"
              : "Move it into `statements`",
          ),
        ]
      : []),
    ...(all.some(({ kind, text }) => kind === "word" && text === "where")
      ? [error(path, "has a `where` in it", "Write only what follows it")]
      : []),
    ...(all.some(({ text }, i) => text === "=" && depth[i] === 0)
      ? [error(path, "has a single `=` in it", `Compare with \`==\`, as in ${example}`)]
      : []),
  ];
}

function statementShape({ tokens: [first, second], editors }: Reading, path: string, example: string): Finding[] {
  return first && first === editors[0] && second?.text === "("
    ? []
    : [error(path, "does not start with a function that changes data", `Write one, as in ${example}`)];
}

function pathFinding(first: string, bare: boolean, at: number, path: string, signal: Signal, use: Use): Finding[] {
  const accepted = contexts[signal][use];
  const list = accepted.map((name) => `\`${name}.\``).join(", ");
  if (bare)
    return [
      error(
        path,
        `has a path at position ${at} that does not start with its context`,
        `Put one of ${list} in front of it`,
      ),
    ];
  return accepted.includes(first) || leftToTheCollector.has(first)
    ? []
    : [
        error(
          path,
          `uses \`${first}.\`, which a ${use} of a ${signals[signal].noun} pipeline does not have`,
          `Use one of ${list}`,
        ),
      ];
}

/** How a capture group is written where the collector expands its configuration, which it never does with this text. */
function doubledDollars(all: readonly Token[], path: string): Finding[] {
  const text = all.find(({ kind, text }) => kind === "string" && /(?<!\$)(?:\$\$)+[\w{]/.test(text));
  return text === undefined
    ? []
    : [
        warning(
          path,
          `has \`$$\` in the text at position ${text.at}, which stands for a dollar sign and what follows it`,
          "Write one `$` if a capture group is meant, as in `$1`",
        ),
      ];
}

/** Requires a path in at least one part of an entry: the path decides to which data the entry applies. */
export function checkOttlEntry(texts: readonly string[], path: string, signal: Signal, use: Use): Finding[] {
  if (texts.length === 0 || texts.some((text) => text.trim() === "" || brokenText(tokens(text), path).length > 0))
    return [];
  return texts.some((text) => read(text).paths.length > 0)
    ? []
    : [
        error(
          path,
          "has no path, so it does not name the data that it applies to",
          `Use a path that starts with one of ${contexts[signal][use].map((name) => `\`${name}.\``).join(", ")}`,
        ),
      ];
}
