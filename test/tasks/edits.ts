import { parseArgs } from "node:util";
import { mochaStep } from "../runner/mocha";
import { Failure } from "../../lab/host";
import { onCluster } from "./e2e";

/** Tests random edits of a stack's configuration. Passes the options to the tests as variables. */
export function run(args: readonly string[]): Promise<number> {
  const options = editsOptions(args);
  return onCluster(
    (env) => [mochaStep("edits", ["test/edits/*.test.ts"], { env: { ...env, ...options }, live: true })],
    { nodes: 1 },
  );
}

/** Reads `--seed N --edits N --from N`, all optional. */
export function editsOptions(args: readonly string[]): Record<string, string> {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { seed: text, edits: text, from: text } });
    const given = Object.entries(values).filter(([, value]) => value !== undefined);
    const wrong = given.find(([, value]) => !/^\d{1,9}$/.test(value ?? ""));
    if (wrong) throw new Error(`--${wrong[0]} is not a whole number`);
    return Object.fromEntries(given.map(([name, value]) => [`EDITS_${name.toUpperCase()}`, value ?? ""]));
  } catch (error) {
    throw new Failure(`${(error as Error).message}. The options are: -- --seed N --edits N --from N`);
  }
}
