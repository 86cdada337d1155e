import { parseArgs } from "node:util";
import { mochaStep } from "../runner/mocha";
import { Failure } from "../../cli/process";
import { onCluster } from "./e2e";

/** Random edits of a stack's configuration. Its options are variables for the tests. */
export function run(args: readonly string[]): Promise<number> {
  const options = editsOptions(args);
  return onCluster(
    (env) => [mochaStep("edits", ["test/edits/*.test.ts"], { env: { ...env, ...options }, live: true })],
    1,
  );
}

/** `--seed N --edits N --from N`, all of which may be left out. */
export function editsOptions(args: readonly string[]): Record<string, string> {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { seed: text, edits: text, from: text } });
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const wrong = given.find(([, value]) => !/^\d{1,9}$/.test(value ?? ""));
    if (wrong) throw new Error(`--${wrong[0]} is no whole number`);
    return Object.fromEntries(given.map(([name, value]) => [`EDITS_${name.toUpperCase()}`, value ?? ""]));
  } catch (error) {
    throw new Failure(`${(error as Error).message}. There is: -- --seed N --edits N --from N`);
  }
}
