import { parseArgs } from "node:util";
import { readArguments } from "./arguments";

export interface StatusArguments {
  readonly stack: string;
  /** The file for the page, if one is wanted. */
  readonly html?: string;
}

const usage = "npm run status -- [--stack NAME] [--html FILE]";

export function statusArguments(args: readonly string[]): StatusArguments {
  return readArguments(usage, () => {
    const { values } = parseArgs({
      args: [...args],
      options: { stack: { type: "string", short: "s", default: "dev" }, html: { type: "string" } },
    });
    if (values.html === "") throw new Error("--html needs the name of a file");
    return values;
  });
}
