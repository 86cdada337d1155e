import { leaksIn } from "../../e2e/support/leaks";
import { everyCredential } from "./texts";

/** Texts that no user may ever see, whatever the configuration is. */
const crashes: readonly (readonly [RegExp, string])[] = [
  [/^ +at .*[(:].*\d+:\d+\)?$/m, "a stack trace"],
  [/unhandled|uncaught/i, "an unhandled error"],
  [/\bpanic\b|goroutine \d+/, "a panic"],
  [/TypeError|RangeError|ReferenceError|SyntaxError|ZodError|\[object Object\]/, "an error of the program itself"],
  [/Running program .* failed with an unhandled exception/i, "an exception of the program"],
  [/\bBUG\b|internal error|assertion failed|nil pointer/, "an error of the engine"],
];

/** Returns the faults of a command's output. */
export function crashesIn(output: string): string[] {
  return crashes.flatMap(([pattern, what]) => {
    const found = pattern.exec(output)?.[0];
    return found === undefined ? [] : [`shows ${what}: ${found.trim()}`];
  });
}

/** Returns the credentials that a text shows, whole or in part. */
export function shownCredentials(text: string): string[] {
  return leaksIn(text, everyCredential).map((secret) => `shows a credential: ${secret}`);
}

/** Returns the lines that name a place, its problem and the remedy. */
function findingsIn(output: string): { path: string; remedy: string }[] {
  return [...output.matchAll(/^\s*((?:telemetry:)?[\w{/.~-][^\s]*?): (\S.*?)\. (\S.*[.?])$/gm)].map(
    ([, path = "", , remedy = ""]) => ({ path, remedy }),
  );
}

/** The engine's own check of the types that Pulumi.yaml declares. */
const typeFinding = /configuration key '(telemetry:\w+)' must be of type '\w+'/;

/** Returns the faults of a refusal of a configuration that is wrong at a place. */
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
