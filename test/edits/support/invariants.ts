import { leaksIn } from "../../e2e/support/leaks";
import { everyCredential } from "./texts";

/** What no user may ever be shown, whatever the configuration is. */
const crashes: readonly (readonly [RegExp, string])[] = [
  [/^ +at .*[(:].*\d+:\d+\)?$/m, "a stack trace"],
  [/unhandled|uncaught/i, "an error that nobody handled"],
  [/\bpanic\b|goroutine \d+/, "a panic"],
  [/TypeError|RangeError|ReferenceError|SyntaxError|ZodError|\[object Object\]/, "an error of the program itself"],
  [/Running program .* failed with an unhandled exception/i, "an exception of the program"],
  [/\bBUG\b|internal error|assertion failed|nil pointer/, "an error of the engine"],
];

/** What is wrong with the output of any command. */
export function crashesIn(output: string): string[] {
  return crashes.flatMap(([pattern, what]) => {
    const found = pattern.exec(output)?.[0];
    return found === undefined ? [] : [`shows ${what}: ${found.trim()}`];
  });
}

/** Credentials in it, whole or in part; the word that all of them have is left to those that have it by right. */
export function shownCredentials(text: string): string[] {
  return leaksIn(text, everyCredential).map((secret) => `shows a credential: ${secret}`);
}

/** Lines that name a place, say what is wrong with it and what to do. */
function findingsIn(output: string): { path: string; remedy: string }[] {
  return [...output.matchAll(/^\s*((?:telemetry:)?[\w{/.~-][^\s]*?): (\S.*?)\. (\S.*[.?])$/gm)].map(
    ([, path = "", , remedy = ""]) => ({ path, remedy }),
  );
}

/** The engine's own check of the types that Pulumi.yaml declares. */
const typeFinding = /configuration key '(telemetry:\w+)' must be of type '\w+'/;

/** What is wrong with the refusal of a configuration that is wrong at a place. */
export function faultsOfRefusal(output: string, at: string): string[] {
  const paths = findingsIn(output).map(({ path }) => path);
  const engine = typeFinding.exec(output)?.[1];
  const named = [...paths, ...(engine === undefined ? [] : [engine, engine.replace("telemetry:", "")])];
  return [
    ...crashesIn(output),
    ...shownCredentials(output),
    ...(named.some((path) => path.startsWith(at))
      ? []
      : [`does not name ${at} with a remedy, but: ${named.join(", ")}`]),
  ];
}
