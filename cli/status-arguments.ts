import { parseArgs } from "node:util";
import { Failure } from "../lab/host";

export interface StatusArguments {
  readonly stack: string;
  /** The file for the page, if one is wanted. */
  readonly html?: string;
}

const usage = "npm run status -- [--stack NAME] [--html FILE]";

export function statusArguments(args: readonly string[]): StatusArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { stack: { type: "string", short: "s", default: "dev" }, html: { type: "string" } },
    });
    if (values.html === "") throw new Error("--html needs the name of a file");
    return values;
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n\n${usage}`);
  }
}
