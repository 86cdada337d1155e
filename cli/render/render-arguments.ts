import { parseArgs } from "node:util";
import { readArguments } from "../arguments";

export interface RenderArguments {
  readonly stack: string;
  /** The folder for all files. */
  readonly out: string;
  /** Whether to write Secrets, too, in plain text. */
  readonly secrets: boolean;
}

const usage = "npm run render -- --out DIR [--stack NAME] [--secrets]";

export function renderArguments(args: readonly string[]): RenderArguments {
  return readArguments(usage, () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", short: "s", default: "dev" },
        out: { type: "string" },
        secrets: { type: "boolean", default: false },
      },
    });
    if (!values.out) throw new Error("--out needs the name of a folder");
    return { stack: values.stack, out: values.out, secrets: values.secrets };
  });
}
